/** A point before the day: the invitation, its answer, its delegates, the speeches it asks for. Opened by its link, without an account. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { _ } from "../boot.js";
import { clockTime, now } from "../clock.js";
import { Icon } from "../components/icon.js";
import { LanguageSwitch } from "../components/language-switch.js";
import { Logo } from "../components/logo.js";
import { toast, Toasts } from "../components/toasts.js";
import { html } from "../html.js";
import { takeLinkToken } from "../tab.js";
import { untilWords } from "../words.js";
import { AnswerForm } from "./answer.js";
import { Delegates } from "./delegates.js";
import { Papers } from "./papers.js";
import { createSeat, dayOf } from "./seat.js";
import { Speeches } from "./speeches.js";

/**
 * @typedef {object} Page
 * @property {import("@preact/signals").Signal<import("./seat.js").Preparation | null>} held
 * @property {ReturnType<typeof createSeat>["ask"]} ask
 * @property {(path: string, method: string, sent?: object) => Promise<import("./seat.js").Answer>} send asks, and shows what the server then holds
 */

/** @param {{page: Page}} props */
function Invitation({ page }) {
  const { conference, site } = /** @type {import("./seat.js").Preparation} */ (page.held.value);
  const facts = [
    [_("Thời gian"), `${clockTime(conference.opens_at)} – ${clockTime(conference.ends_at)}, ${dayOf(conference.opens_at)}`],
    [_("Địa điểm chủ trì"), conference.place],
    [_("Đơn vị tổ chức"), conference.organiser],
    [_("Nơi dự của điểm cầu"), [site.room, site.address].filter(Boolean).join(", ")],
    [_("Kỹ thuật trực"), [site.contact_name, site.contact_phone].filter(Boolean).join(", ")],
  ].filter(([, value]) => value);
  return html`<section class="panel">
    <div class="panel-head"><h2>${_("Giấy mời")}</h2></div>
    <dl class="facts">
      ${facts.map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}
    </dl>
    ${
      conference.items.length > 0 &&
      html`<details class="prepare-agenda"><summary>${_("Chương trình")}</summary>
        <ol>${conference.items.map((item, at) => html`<li key=${at}><time class="num">${clockTime(item.planned_at)}</time><span>${item.title}</span></li>`)}</ol>
      </details>`
    }
  </section>`;
}

/** @param {{page: Page}} props */
function Deadline({ page }) {
  const { terms, conference } = /** @type {import("./seat.js").Preparation} */ (page.held.value);
  const contact = [terms.contact_name, terms.contact_phone].filter(Boolean).join(", ");
  if (conference.is_cancelled)
    return html`<p class="banner is-bad notice" role="status"><${Icon} name="calendar-x" /><span>${_("Hội nghị này đã hủy.")}</span></p>`;
  if (!terms.is_open) {
    const text = contact
      ? _("Đã hết hạn trả lời, trang này chỉ còn xem. Muốn thay đổi, hãy liên hệ %(who)s.", { who: contact })
      : _("Đã hết hạn trả lời, trang này chỉ còn xem. Muốn thay đổi, hãy liên hệ ban tổ chức.");
    return html`<p class="banner is-warn notice" role="status" data-test="closed"><${Icon} name="lock" /><span>${text}</span></p>`;
  }
  if (!terms.until) return null;
  const left = untilWords(Date.parse(terms.until) - now.value);
  const until = _("Hạn trả lời: %(hour)s ngày %(day)s", { hour: clockTime(terms.until), day: dayOf(terms.until) });
  return html`<p class="banner is-info notice"><${Icon} name="clock" /><span>${until}${left && ` (${left})`}</span></p>`;
}

/** @param {{page: Page, refusal: string}} props */
function Preparation({ page, refusal }) {
  const held = page.held.value;
  if (refusal)
    return html`<main class="page is-narrow" id="content"><div class="panel refusal empty"><${Icon} name="circle-alert" /><h1>${_("Liên kết không dùng được")}</h1><p>${refusal}</p></div></main>`;
  if (!held)
    return html`<main class="page" id="content"><h1 class="sr">${_("Chuẩn bị của điểm cầu")}</h1><p class="muted" role="status">${_("Đang tải…")}</p></main>`;
  return html`<main class="page" id="content">
    <div class="pagehead">
      <div class="grow"><p>${held.site.name}</p><h1>${held.conference.title}</h1>
        ${held.conference.note && html`<p><span class="badge is-gold"><${Icon} name="history" />${held.conference.note}</span></p>`}</div>
      <a class="btn" href="/site?wait" data-test="waiting"><${Icon} name="video" />${_("Thử máy và vào trang chờ")}</a>
    </div>
    <${Deadline} page=${page} />
    <div class="edit-body">
      <div class="edit-main stack"><${AnswerForm} page=${page} /><${Delegates} page=${page} /><${Speeches} page=${page} /></div>
      <div class="stack edit-side"><${Invitation} page=${page} /><${Papers} page=${page} /></div>
    </div>
  </main>`;
}

function Bar() {
  return html`<header class="officebar"><span class="officebar-brand"><${Logo} /><span>Điểm Cầu</span></span><div class="officebar-end"><${LanguageSwitch} /></div></header>`;
}

export function startPreparation() {
  const root = document.getElementById("app");
  if (!root) return;
  const token = takeLinkToken();
  const held = signal(/** @type {import("./seat.js").Preparation | null} */ (null));
  const refusal = signal("");
  const { ask } = createSeat(token ?? "");

  /** @type {Page["send"]} */
  async function send(path, method, sent) {
    const answer = await ask(path, method, sent);
    if (answer.ok) held.value = answer.body;
    else {
      if (Object.keys(answer.errors).length === 0) toast(answer.message, { kind: "bad" });
      if (answer.body.error === "closed") await load();
    }
    return answer;
  }
  async function load() {
    const answer = await ask("/seat/preparation");
    if (answer.ok) held.value = answer.body;
    else if (!held.peek()) refusal.value = answer.message;
  }
  if (token) void load();
  else refusal.value = _("Trang này mở bằng liên kết riêng của từng điểm cầu. Hãy mở lại liên kết thư ký đã gửi.");

  const page = { held, ask, send };
  const App = () => html`<${Bar} /><${Preparation} page=${page} refusal=${refusal.value} /><${Toasts} />`;
  render(html`<${App} />`, root);
}
