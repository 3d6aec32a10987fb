/** The roll call by voice at the desk: who reports now, the line to say, the figures as they come, and taking it over by hand. */
import { _ } from "../boot.js";
import { now } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { whyNotLive } from "./reasons.js";
import { presentCount } from "./roll_board.js";
import { HeadCount } from "./site_roll.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").RollCall} RollCall */

/** Why the roll cannot be called now, in words, or null. @param {Desk} desk */
export function whyNotRollCall(desk) {
  const notLive = whyNotLive(desk);
  if (notLive) return notLive;
  if (desk.stage.value?.is_chair_speaking) return _("Chủ trì đang phát biểu.");
  return desk.floor.value ? _("Đang có đại biểu phát biểu.") : null;
}

/** What the announcer says. @param {Desk} desk @param {number} siteId */
function line(desk, siteId) {
  const site = desk.siteName(siteId);
  return siteId === desk.conference.value?.presiding_site_id
    ? _("Kính mời %(site)s báo cáo số đại biểu có mặt.", { site })
    : _("Kính mời điểm cầu %(site)s báo cáo số đại biểu có mặt.", { site });
}

/** Begins the roll call, from its dialog. @param {{desk: Desk, close: () => void}} props */
export function RollCallStart({ desk, close }) {
  const call = desk.rollCall.value;
  const why = whyNotRollCall(desk);
  if (desk.isOver.value || (call && !call.ended_at)) return null;
  const missed = (call?.missed ?? []).map((id) => desk.siteName(id)).join(", ");
  const done = missed ? _("Đã mời đủ. Chưa có mặt khi được mời: %(sites)s.", { sites: missed }) : _("Đã mời đủ các điểm cầu.");
  const start = async () => {
    const answer = await desk.connection.command("start_roll_call");
    if (answer.ok) close();
  };
  return html`<div class="roll-call-start">
    ${call && html`<p class="muted">${done}</p>`}
    <button type="button" class="btn" disabled=${Boolean(why)} data-test="start-roll-call" onClick=${start}>
      <${Icon} name="megaphone" />${_("Mời lần lượt các điểm cầu báo cáo")}
    </button>
    ${why && html`<p class="chair-why">${why}</p>`}
  </div>`;
}

/** @param {{desk: Desk}} props */
export function RollCallPanel({ desk }) {
  const call = desk.rollCall.value;
  if (!call || call.ended_at || desk.isOver.value) return null;
  const done = call.heard.length + call.missed.length;
  const count = _("%(n)s/%(all)s điểm", { n: Math.min(done + 1, desk.sites.value.length), all: desk.sites.value.length });
  return html`<section class="panel roll-call" aria-labelledby="h-roll-call" data-test="roll-call" data-site=${call.site_id}>
    <div class="panel-head">
      <h2 id="h-roll-call">${_("Đang điểm danh")}</h2>
      <span class="badge num push">${count}</span>
      ${call.is_paused && html`<span class="badge is-warn"><${Icon} name="pause" />${_("Tạm dừng")}</span>`}
    </div>
    <div class="panel-body stack">
      ${call.site_id !== null && html`<${Reporting} desk=${desk} call=${call} siteId=${call.site_id} />`}
      <${Hands} desk=${desk} call=${call} />
      <${Rest} desk=${desk} call=${call} />
    </div>
  </section>`;
}

/** @param {{desk: Desk, call: RollCall, siteId: number}} props */
function Reporting({ desk, call, siteId }) {
  const roll = desk.roll.value.find((one) => one.site_id === siteId);
  const left = call.ends_at ? Math.max(0, Math.ceil((Date.parse(call.ends_at) - now.value) / 1000)) : null;
  const figures = roll && _("%(present)s/%(expected)s có mặt", { present: presentCount(roll), expected: roll.expected });
  const leftWords = left !== null && _("còn %(n)s giây", { n: left });
  return html`<p class="roll-call-line" data-test="roll-call-line" role="status">${line(desk, siteId)}</p>
    <p class="row is-tight">
      <span class="badge num"><${Icon} name="users" />${figures}</span>
      ${roll?.confirmed_at && html`<span class="badge is-ok"><${Icon} name="check" />${_("Đã báo")}</span>`}
      ${!call.is_heard && html`<span class="badge is-warn"><${Icon} name="volume-x" />${_("Chưa nghe được: đang có người phát biểu")}</span>`}
      ${leftWords && html`<span class="num muted push">${leftWords}</span>`}
    </p>
    ${roll && html`<${HeadCount} desk=${desk} roll=${roll} why=${whyNotLive(desk)} />`}`;
}

/** @param {{desk: Desk, call: RollCall}} props */
function Hands({ desk, call }) {
  const { command } = desk.connection;
  const why = whyNotRollCall(desk);
  return html`<div class="row is-tight roll-call-hands">
    ${
      call.is_paused
        ? html`<button type="button" class="btn is-primary" disabled=${Boolean(why)} data-test="continue-roll-call" onClick=${() => command("continue_roll_call")}><${Icon} name="play" />${_("Chạy tiếp")}</button>`
        : html`<button type="button" class="btn" disabled=${Boolean(whyNotLive(desk))} data-test="pause-roll-call" onClick=${() => command("pause_roll_call")}><${Icon} name="pause" />${_("Tạm dừng")}</button>`
    }
    <button type="button" class="btn" disabled=${Boolean(why)} data-test="next-report" onClick=${() => command("next_report", { after: call.site_id })}>
      <${Icon} name="skip-forward" />${call.next_site_id === null ? _("Xong") : _("Điểm tiếp theo")}
    </button>
    <button type="button" class="btn is-ghost push" disabled=${Boolean(whyNotLive(desk))} data-test="end-roll-call" onClick=${() => command("end_roll_call")}>
      <${Icon} name="x" />${_("Thôi điểm danh")}
    </button>
    ${why && html`<p class="chair-why">${why}</p>`}
  </div>`;
}

/** Who comes next, who was not there, and taking any point. @param {{desk: Desk, call: RollCall}} props */
function Rest({ desk, call }) {
  const { command } = desk.connection;
  const next = call.next_site_id === null ? "" : desk.siteName(call.next_site_id);
  const others = desk.sites.value.filter((site) => site.id !== call.site_id && desk.connected.value.has(site.id));
  const missed = call.missed.map((id) => desk.siteName(id)).join(", ");
  const pick = (/** @type {any} */ event) => {
    const siteId = Number(event.currentTarget.value);
    event.currentTarget.value = "";
    if (siteId) void command("invite_report", { site_id: siteId });
  };
  const nextWords = _("Tiếp theo: %(site)s", { site: next });
  const missedWords = _("Chưa có mặt: %(sites)s", { sites: missed });
  return html`${next && html`<p class="muted">${nextWords}</p>`}
    ${missed && html`<p class="t-warn" data-test="roll-call-missed">${missedWords}</p>`}
    <label class="roll-time">${_("Mời điểm khác")}
      <select class="input" data-test="invite-report" disabled=${Boolean(whyNotRollCall(desk))} onChange=${pick}>
        <option value="">–</option>
        ${others.map((site) => html`<option key=${site.id} value=${site.id}>${site.name}</option>`)}
      </select>
    </label>`;
}
