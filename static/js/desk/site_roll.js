/** The roll of one site: its delegates, the head count, the confirmation. */
import { useEffect, useState } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { whyOffline } from "./reasons.js";
import { rollWord } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").DeskRoll} DeskRoll */
/** @typedef {import("../types").Delegate} Delegate */
/** @typedef {import("../types").RollStatus} RollStatus */

/** @type {RollStatus[]} */
const STATUSES = ["unmarked", "present", "substitute", "excused", "unexcused"];
const REASON_LENGTH = 250;
const HEAD_COUNT_MAX = 5000;

/** @param {{desk: Desk, roll: DeskRoll, fault: string}} props */
export function SiteRoll({ desk, roll, fault }) {
  const why =
    desk.conference.value?.status === "scheduled" ? _("Điểm danh được sau khi mở điểm cầu.") : whyOffline(desk);
  return html`<div class="desk-roll" data-test="site-roll">
    ${fault && html`<p class="t-bad">${fault}</p>`}
    ${why && html`<p class="chair-why">${why}</p>`}
    <ul>
      ${roll.delegates.map((delegate) => html`<${Mark} key=${delegate.id} desk=${desk} delegate=${delegate} why=${why} />`)}
    </ul>
    ${roll.delegates.length === 0 && html`<p class="muted">${_("Điểm cầu này chưa có danh sách đại biểu.")}</p>`}
    <${HeadCount} desk=${desk} roll=${roll} why=${why} />
  </div>`;
}

/** @param {{desk: Desk, delegate: Delegate, why: string | null}} props */
function Mark({ desk, delegate, why }) {
  const [reason, setReason] = useState(delegate.reason ?? "");
  useEffect(() => setReason(delegate.reason ?? ""), [delegate.reason]);
  const isAbsent = delegate.roll === "excused" || delegate.roll === "unexcused" || delegate.roll === "substitute";
  /** @param {RollStatus} status */
  const mark = (status) =>
    desk.connection.command("mark_roll", { delegate_id: delegate.id, status, reason: reason.trim() });
  const label = _("Điểm danh %(who)s", { who: delegate.name ?? delegate.title });
  return html`<li data-delegate=${delegate.id}>
    <span class="grow"><strong>${delegate.name ?? delegate.title}</strong>${delegate.name && html`<span class="muted"> ${delegate.title}</span>`}</span>
    <select
      class="input"
      aria-label=${label}
      value=${delegate.roll}
      disabled=${Boolean(why)}
      data-test="roll-status"
      onChange=${(/** @type {any} */ event) => mark(event.currentTarget.value)}
    >
      ${STATUSES.map((status) => html`<option value=${status} selected=${status === delegate.roll}>${rollWord(status)}</option>`)}
    </select>
    ${
      isAbsent &&
      html`<input
      class="input"
      maxlength=${REASON_LENGTH}
      aria-label=${_("Lý do hoặc người dự thay")}
      placeholder=${delegate.roll === "substitute" ? _("Người dự thay") : _("Lý do")}
      value=${reason}
      disabled=${Boolean(why)}
      onInput=${(/** @type {any} */ event) => setReason(event.currentTarget.value)}
      onChange=${() => mark(delegate.roll)}
    />`
    }
  </li>`;
}

/** @param {{desk: Desk, roll: DeskRoll, why: string | null}} props */
function HeadCount({ desk, roll, why }) {
  const [count, setCount] = useState(roll.head_count === null ? "" : String(roll.head_count));
  useEffect(() => setCount(roll.head_count === null ? "" : String(roll.head_count)), [roll.head_count]);
  const { command } = desk.connection;
  const report = (/** @type {Event} */ event) => {
    event.preventDefault();
    void command("report_head_count", { site_id: roll.site_id, count: Number(count) });
  };
  const confirmed = roll.confirmed_at && _("Đã xác nhận %(time)s", { time: clockTime(roll.confirmed_at) });
  return html`<form class="desk-count" onSubmit=${report}>
    <label for=${`count-${roll.site_id}`}>${_("Sĩ số")}</label>
    <input
      class="input num"
      id=${`count-${roll.site_id}`}
      type="number"
      min="0"
      max=${HEAD_COUNT_MAX}
      required
      value=${count}
      disabled=${Boolean(why)}
      data-test="head-count"
      onInput=${(/** @type {any} */ event) => setCount(event.currentTarget.value)}
    />
    <button type="submit" class="btn is-small" disabled=${Boolean(why) || count === ""}>${_("Ghi sĩ số")}</button>
    <button
      type="button"
      class="btn is-small push"
      disabled=${Boolean(why)}
      data-test="confirm-roll"
      onClick=${() => command("confirm_roll", { site_id: roll.site_id })}
    >
      <${Icon} name="user-check" />${roll.confirmed_at ? _("Xác nhận lại") : _("Xác nhận điểm danh")}
    </button>
    ${confirmed && html`<span class="muted chair-small">${confirmed}</span>`}
  </form>`;
}
