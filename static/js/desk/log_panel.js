/** The journal as it grows: newest at the bottom; it follows unless somebody reads further up. It can be searched and sifted. */
import { signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { _, boot } from "../boot.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { useKeys } from "./keys.js";
import { logLine, logMatter } from "./log_words.js";
import { isFound } from "./search.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").LogEntry} LogEntry */
/** @typedef {import("./log_words.js").LogMatter} LogMatter */

const NEAR_END_PX = 40;
/** @type {LogMatter[]} */
const MATTERS = ["speech", "agenda", "roll", "line"];

const secondsFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: boot.timezone || "Asia/Ho_Chi_Minh",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** @param {LogMatter} matter */
function matterWord(matter) {
  return {
    speech: _("Lượt phát biểu"),
    agenda: _("Chương trình"),
    roll: _("Điểm danh"),
    line: _("Đường truyền"),
  }[matter];
}

const isSifting = signal(false);
const needle = signal("");
const chosen = signal(/** @type {LogMatter | null} */ (null));

/** Opens the search of the log, with the caret in it. */
export function openSieve() {
  isSifting.value = true;
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector("#log-sieve input"))?.focus());
}

/** @param {Desk} desk @param {LogEntry} entry */
function isWanted(desk, entry) {
  if (!isSifting.value) return true;
  if (chosen.value && logMatter(entry) !== chosen.value) return false;
  if (!needle.value.trim()) return true;
  const { text, detail, actor } = logLine(entry, desk.siteName);
  return isFound(needle.value, [text, detail, actor, entry.who].join(" "));
}

/** @param {{desk: Desk}} props */
export function LogPanel({ desk }) {
  const all = desk.connection.log.value;
  const entries = all.filter((entry) => isWanted(desk, entry));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const follows = useSignal(true);

  useKeys({ "/": openSieve });
  useLayoutEffect(() => {
    if (box.current && follows.peek()) box.current.scrollTop = box.current.scrollHeight;
  }, [all, entries.length]);

  const onScroll = () => {
    const element = box.current;
    if (element) follows.value = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
  };
  const toNewest = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  const sift = () => (isSifting.value = !isSifting.peek());
  return html`<section class="panel desk-log" aria-labelledby="h-log">
    <div class="panel-head">
      <h2 id="h-log">${_("Nhật ký sự kiện")}</h2>
      <span class="push row is-tight">
        ${!follows.value && html`<button type="button" class="btn is-small is-ghost" data-test="log-newest" onClick=${toNewest}><${Icon} name="arrow-down" />${_("Mới nhất")}</button>`}
        <button
          type="button"
          class="btn is-small is-ghost"
          aria-expanded=${isSifting.value ? "true" : "false"}
          aria-controls="log-sieve"
          data-test="log-sift"
          onClick=${sift}
        ><${Icon} name=${isSifting.value ? "x" : "search"} />${isSifting.value ? _("Bỏ lọc") : _("Lọc")}</button>
      </span>
    </div>
    <div id="log-sieve" class="desk-sieve" hidden=${!isSifting.value}>${isSifting.value && html`<${Sieve} />`}</div>
    <div
      class="desk-scroll desk-logs"
      ref=${box}
      onScroll=${onScroll}
      tabindex="0"
      role="log"
      aria-labelledby="h-log"
      data-test="log"
    >
      ${
        entries.length
          ? html`<ul class="log">${entries.map((entry) => html`<${Line} key=${entry.seq} desk=${desk} entry=${entry} />`)}</ul>`
          : html`<p class="muted desk-none">${all.length ? _("Không có sự kiện nào như vậy.") : _("Chưa có sự kiện nào.")}</p>`
      }
    </div>
  </section>`;
}

/** By words, and by what it is about. */
function Sieve() {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.focus(), []);
  return html`<input
      ref=${field}
      class="input"
      type="search"
      aria-label=${_("Tìm trong nhật ký")}
      placeholder=${_("Tìm, không cần dấu")}
      data-test="log-search"
      value=${needle.value}
      onInput=${(/** @type {any} */ event) => (needle.value = event.currentTarget.value)}
    />
    <div class="row is-tight is-wrap" role="group" aria-label=${_("Loại sự kiện")}>
      ${MATTERS.map(
        (matter) =>
          html`<button
            type="button"
            key=${matter}
            class="btn is-small"
            aria-pressed=${chosen.value === matter ? "true" : "false"}
            data-test=${`log-${matter}`}
            onClick=${() => (chosen.value = chosen.peek() === matter ? null : matter)}
          >${matterWord(matter)}</button>`,
      )}
    </div>`;
}

/** @param {{desk: Desk, entry: LogEntry}} props */
function Line({ desk, entry }) {
  const { icon, tone, text, detail, actor } = logLine(entry, desk.siteName);
  return html`<li class=${tone} data-event=${entry.event}>
    <time datetime=${entry.at}>${secondsFormat.format(new Date(entry.at))}</time>
    <${Icon} name=${icon} />
    <span>${text}${detail && html`<span class="muted">: ${detail}</span>`}${actor && html`<span class="muted"> (${actor})</span>`}</span>
  </li>`;
}
