/** The roll of one site: its delegates, the head count, the confirmation. */
import { useEffect, useState } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime, lastTime } from "../clock.js";
import { Icon, toast } from "../components/index.js";
import { countFault } from "../head_count.js";
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

/**
 * How far a point's roll is, as a mark: reported by the point, found right by the desk, changed since.
 * @param {DeskRoll} roll
 * @returns {{icon: string, className: string, words: string} | null}
 */
export function markOf(roll) {
  if (!roll.confirmed_at) return null;
  if (!roll.checked_at) return { icon: "clipboard-list", className: "desk-mark is-gold", words: _("Điểm cầu đã báo, chờ xác nhận") };
  if (roll.changed_at && roll.changed_at > roll.checked_at)
    return { icon: "pencil", className: "desk-mark is-gold", words: _("Đã sửa sau khi xác nhận") };
  return { icon: "check", className: "desk-yes", words: _("Đã xác nhận") };
}

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
  const isHere = delegate.roll === "present" || delegate.roll === "substitute";
  /** @param {RollStatus} status @param {{came_at?: string | null, left_at?: string | null}} [times] */
  const mark = (status, times = {}) =>
    desk.connection.command("mark_roll", { delegate_id: delegate.id, status, reason: reason.trim(), ...times });
  const times = { came_at: delegate.came_at, left_at: delegate.left_at };
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
      onChange=${() => mark(delegate.roll, isHere ? times : {})}
    />`
    }
    ${
      isHere &&
      html`<div class="row is-tight roll-times">
      <${TimeField} label=${_("Đến lúc")} at=${delegate.came_at} why=${why} test="came-at" onSet=${(/** @type {string | null} */ at) => mark(delegate.roll, { ...times, came_at: at })} />
      <${TimeField} label=${_("Về lúc")} at=${delegate.left_at} why=${why} test="left-at" onSet=${(/** @type {string | null} */ at) => mark(delegate.roll, { ...times, left_at: at })} />
    </div>`
    }
  </li>`;
}

/**
 * A time of today, empty when nobody came late or left early.
 * @param {{label: string, at: string | null, why: string | null, test: string, onSet: (at: string | null) => void}} props
 */
function TimeField({ label, at, why, test, onSet }) {
  const [text, setText] = useState(clockTime(at));
  useEffect(() => setText(clockTime(at)), [at]);
  const set = () => {
    if (text.trim() === clockTime(at)) return;
    const ms = text.trim() ? lastTime(text) : null;
    if (Number.isNaN(ms)) {
      toast(_("Ghi giờ và phút, ví dụ 09:45."), { kind: "warn" });
      return;
    }
    onSet(ms === null ? null : new Date(ms).toISOString());
  };
  return html`<label class="roll-time">${label}<input
    class="input num"
    inputmode="numeric"
    maxlength="5"
    placeholder="–"
    value=${text}
    disabled=${Boolean(why)}
    data-test=${test}
    onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}
    onChange=${set}
  /></label>`;
}

/** @param {{desk: Desk, roll: DeskRoll, why: string | null}} props */
export function HeadCount({ desk, roll, why }) {
  const [count, setCount] = useState(roll.head_count === null ? "" : String(roll.head_count));
  useEffect(() => setCount(roll.head_count === null ? "" : String(roll.head_count)), [roll.head_count]);
  const { command } = desk.connection;
  const report = (/** @type {Event} */ event) => {
    event.preventDefault();
    void command("report_head_count", { site_id: roll.site_id, count: Number(count) });
  };
  const fault = countFault(roll);
  const reported = roll.confirmed_at && _("Điểm cầu báo lúc %(time)s", { time: clockTime(roll.confirmed_at) });
  const confirmed = roll.checked_at ? _("Đã xác nhận %(time)s", { time: clockTime(roll.checked_at) }) : reported;
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
      <${Icon} name="user-check" />${roll.checked_at ? _("Xác nhận lại") : _("Xác nhận điểm danh")}
    </button>
    ${confirmed && html`<span class="muted chair-small">${confirmed}</span>`}
    ${fault && html`<p class="t-warn count-fault" role="status" data-test="count-fault">${fault}</p>`}
  </form>`;
}
