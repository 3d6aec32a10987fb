/** The check-in desk at the hall's door: a code is scanned, or a name looked for, and the delegate is present. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/icon.js";
import { LanguageSwitch } from "../components/language-switch.js";
import { Logo } from "../components/logo.js";
import { isFound } from "../desk/search.js";
import { html } from "../html.js";
import { createSeat } from "../prepare/seat.js";
import { takeLinkToken } from "../tab.js";
import { Camera } from "./camera.js";

/**
 * @typedef {{id: number, who: string, title: string, body: string, status: string, marked_at: string | null, is_here: boolean}} Row
 * @typedef {{conference: string, place: string, is_open: boolean, delegates: Row[]}} Held
 * @typedef {{kind: "ok" | "warn" | "bad", words: string, who: string}} Told
 */

const REFRESH_MS = 10_000;
const SHOWN = 40;
const CODE = /^\d{11,20}$/;

const held = signal(/** @type {Held | null} */ (null));
const told = signal(/** @type {Told | null} */ (null));
const refusal = signal("");
const text = signal("");
const hasCamera = signal(false);
const { ask } = createSeat(takeLinkToken() ?? "");

async function load() {
  const answer = await ask("/check-in/list");
  if (answer.ok) held.value = answer.body;
  else if (!held.peek() || answer.body.error?.startsWith("link_")) refusal.value = answer.message;
}

/** @param {string} path @param {object} sent @param {string} done */
async function act(path, sent, done) {
  const answer = await ask(path, "POST", sent);
  if (answer.ok) {
    held.value = answer.body;
    told.value = { kind: "ok", words: done, who: answer.body.who };
  } else {
    const kind = answer.body.error === "already_in" ? "warn" : "bad";
    told.value = { kind, words: answer.message, who: "" };
  }
}

/** @param {string} code */
const markCode = (code) => act("/check-in/mark", { code }, _("Có mặt"));
/** @param {Row} row */
const markRow = (row) => act("/check-in/mark", { delegate_id: row.id }, _("Có mặt"));
/** @param {Row} row */
const undo = (row) => act("/check-in/undo", { delegate_id: row.id }, _("Đã bỏ điểm danh"));

/** One field for both: a scanner types digits and Enter, a person letters. */
function Field() {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.focus(), []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = text.value.replace(/\s/g, "");
    if (CODE.test(given)) {
      text.value = "";
      void markCode(given);
    } else {
      const found = matches();
      if (found.length === 1 && !found[0].is_here) void markRow(found[0]);
    }
    field.current?.focus();
  };
  return html`<form class="check-in-field" onSubmit=${submit}>
    <label for="check-in-text">${_("Quét mã, hoặc tìm theo tên, chức danh (không cần dấu)")}</label>
    <input
      class="input"
      id="check-in-text"
      ref=${field}
      autocomplete="off"
      spellcheck=${false}
      data-test="check-in-text"
      value=${text.value}
      onInput=${(/** @type {any} */ event) => (text.value = event.currentTarget.value)}
    />
  </form>`;
}

/** @returns {Row[]} */
function matches() {
  const rows = held.value?.delegates ?? [];
  if (CODE.test(text.value.replace(/\s/g, ""))) return rows;
  return rows.filter((row) => isFound(text.value, `${row.who} ${row.title} ${row.body}`));
}

function Answer() {
  const now = told.value;
  const icon = { ok: "circle-check", warn: "triangle-alert", bad: "circle-alert" };
  return html`<div class="check-in-told" role="status" aria-live="assertive" data-test="told" data-kind=${now?.kind}>
    ${now && html`<p class=${`banner is-${now.kind}`}><${Icon} name=${icon[now.kind]} /><span><strong>${now.who}</strong> ${now.words}</span></p>`}
  </div>`;
}

/** @param {{row: Row}} props */
function Person({ row }) {
  const detail = [row.who === row.title ? "" : row.title, row.body].filter(Boolean).join(" · ");
  const [markLabel, undoLabel] = [
    _("Có mặt: %(who)s", { who: row.who }),
    _("Bỏ điểm danh %(who)s", { who: row.who }),
  ];
  return html`<li data-delegate=${row.id} data-status=${row.status}>
    <span class="grow"><b>${row.who}</b>${detail && html`<small class="muted">${detail}</small>`}</span>
    ${
      row.is_here
        ? html`<span class="badge is-ok num"><${Icon} name="check" />${clockTime(row.marked_at) || _("Có mặt")}</span>
          <button type="button" class="btn is-small is-ghost" aria-label=${undoLabel} onClick=${() => undo(row)}><${Icon} name="undo-2" />${_("Bỏ")}</button>`
        : html`<button type="button" class="btn is-small is-primary" aria-label=${markLabel} data-test="mark" onClick=${() => markRow(row)}><${Icon} name="user-check" />${_("Có mặt")}</button>`
    }
  </li>`;
}

function Desk() {
  const now = held.value;
  if (refusal.value)
    return html`<main class="page is-narrow" id="content"><div class="panel refusal empty"><${Icon} name="circle-alert" /><h1>${_("Liên kết không dùng được")}</h1><p>${refusal.value}</p></div></main>`;
  if (!now) return html`<main class="page" id="content"><h1 class="sr">${_("Bàn đón tiếp")}</h1><p class="muted" role="status">${_("Đang tải…")}</p></main>`;
  const here = now.delegates.filter((row) => row.is_here).length;
  const found = matches();
  const count = _("%(present)s/%(expected)s có mặt", { present: here, expected: now.delegates.length });
  const more = _("Còn %(n)s đại biểu, hãy gõ thêm.", { n: found.length - SHOWN });
  const fault = (/** @type {string} */ words) => {
    hasCamera.value = false;
    told.value = { kind: "bad", words, who: "" };
  };
  return html`<main class="page is-narrow" id="content" data-test="check-in">
    <div class="pagehead"><div class="grow"><p>${now.place}</p><h1>${_("Bàn đón tiếp")}</h1><p class="muted">${now.conference}</p></div><span class="badge num" data-test="count">${count}</span></div>
    ${!now.is_open && html`<p class="banner is-warn notice"><${Icon} name="clock" /><span>${_("Điểm danh được sau khi mở điểm cầu.")}</span></p>`}
    <section class="panel"><div class="panel-body stack">
      <${Field} /><${Answer} />
      ${hasCamera.value && html`<${Camera} onCode=${markCode} onFault=${fault} />`}
      <button type="button" class="btn" data-test="use-camera" aria-pressed=${String(hasCamera.value)} onClick=${() => (hasCamera.value = !hasCamera.peek())}>
        <${Icon} name=${hasCamera.value ? "video-off" : "video"} />${hasCamera.value ? _("Tắt camera") : _("Quét bằng camera")}
      </button>
    </div></section>
    <ul class="people check-in-people panel">${found.slice(0, SHOWN).map((row) => html`<${Person} key=${row.id} row=${row} />`)}</ul>
    ${found.length > SHOWN && html`<p class="muted">${more}</p>`}
    ${found.length === 0 && html`<p class="muted">${_("Không tìm thấy đại biểu nào.")}</p>`}
  </main>`;
}

function Bar() {
  return html`<header class="officebar"><span class="officebar-brand"><${Logo} /><span>Điểm Cầu</span></span><div class="officebar-end"><${LanguageSwitch} /></div></header>`;
}

export function startCheckIn() {
  const root = document.getElementById("app");
  if (!root) return;
  void load();
  setInterval(() => void load(), REFRESH_MS);
  render(html`<${Bar} /><${Desk} />`, root);
}
