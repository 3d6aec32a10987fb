/** *Điểm danh*: who of the site's delegates is present, how many people sit in the room, and sending it. */

import { useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/icon.js";
import { countFault } from "../head_count.js";
import { html } from "../html.js";
import { isInControl } from "./microphone.js";
import { usePage } from "./page-context.js";
import { delegateName } from "./request-form.js";

/** @typedef {import("../types").Delegate} Delegate */
/** @typedef {import("../types").OwnPart} OwnPart */
/** @typedef {import("../types").RollStatus} RollStatus */

const REASON_LENGTH = 250;

/** @param {RollStatus} status */
export function rollWord(status) {
  return {
    unmarked: _("Chưa điểm danh"),
    present: _("Có mặt"),
    substitute: _("Dự thay"),
    excused: _("Vắng có lý do"),
    unexcused: _("Vắng không lý do"),
  }[status];
}

/** @param {Delegate} delegate */
const isHere = (delegate) => delegate.roll === "present" || delegate.roll === "substitute";

/** When a delegate came late or left early. @param {Delegate} delegate */
function timesOf({ came_at: came, left_at: left }) {
  const words = [came && _("đến %(time)s", { time: clockTime(came) }), left && _("về %(time)s", { time: clockTime(left) })];
  return words.filter(Boolean).join(", ");
}

/**
 * The editor of one delegate's entry, below its row.
 * @param {{delegate: Delegate, onSave: (status: RollStatus, reason: string) => void, onClose: () => void}} props
 */
function RollEditor({ delegate, onSave, onClose }) {
  const status = useSignal(
    /** @type {RollStatus} */ (
      isHere(delegate) ? "excused" : delegate.roll === "unmarked" ? "present" : delegate.roll
    ),
  );
  const reason = useSignal(delegate.reason ?? "");
  const label = status.value === "substitute" ? _("Người dự thay") : _("Lý do");
  const save = (/** @type {Event} */ event) => {
    event.preventDefault();
    onSave(status.value, reason.value.trim());
  };
  return html`<form class="roll-edit" onSubmit=${save}>
    <fieldset class="roll-choices">
      <legend class="sr">${_("Điểm danh %(who)s", { who: delegate.title })}</legend>
      ${/** @type {RollStatus[]} */ (["present", "substitute", "excused", "unexcused"]).map(
        (one) =>
          html`<label class="check" key=${one}>
            <input
              type="radio"
              name="roll-status"
              value=${one}
              checked=${status.value === one}
              onChange=${() => (status.value = one)}
            />${rollWord(one)}
          </label>`,
      )}
    </fieldset>
    ${
      status.value !== "present" &&
      html`<input
        class="input"
        aria-label=${label}
        placeholder=${label}
        maxlength=${REASON_LENGTH}
        value=${reason.value}
        onInput=${(/** @type {any} */ event) => (reason.value = event.currentTarget.value)}
      />`
    }
    <div class="row is-tight">
      <button type="button" class="btn is-small" onClick=${onClose}>${_("Hủy")}</button>
      <button class="btn is-small is-primary" data-test="roll-save">${_("Lưu")}</button>
    </div>
  </form>`;
}

/** @param {{delegate: Delegate, isDisabled: boolean, isOpen: boolean, onOpen: () => void, onClose: () => void}} props */
function RollRow({ delegate, isDisabled, isOpen, onOpen, onClose }) {
  const { connection } = usePage();
  const mark = (/** @type {RollStatus} */ status, /** @type {string} */ reason) => {
    onClose();
    void connection.command("mark_roll", { delegate_id: delegate.id, status, reason });
  };
  const presentLabel = _("%(who)s có mặt", { who: delegateName(delegate) });
  const editLabel = _("%(word)s. Sửa điểm danh của %(who)s", {
    word: rollWord(delegate.roll),
    who: delegate.title,
  });
  const tick = (/** @type {any} */ event) => {
    event.currentTarget.checked = isHere(delegate); // the server's word counts
    if (isHere(delegate)) onOpen();
    else mark("present", "");
  };
  return html`<li data-delegate=${delegate.id} data-status=${delegate.roll}>
    <div class="roll-row">
      <label class="check grow">
        <input
          type="checkbox"
          checked=${isHere(delegate)}
          disabled=${isDisabled}
          onChange=${tick}
          aria-label=${presentLabel}
        />
        <span class="grow roll-name"
          >${delegateName(delegate)}${timesOf(delegate) && html`<small class="muted num">${timesOf(delegate)}</small>`}${delegate.reason && html`<small class="muted">${delegate.reason}</small>`}</span
        >
      </label>
      <button
        type="button"
        class=${`site-here is-${delegate.roll}`}
        disabled=${isDisabled}
        aria-expanded=${isOpen}
        aria-label=${editLabel}
        onClick=${isOpen ? onClose : onOpen}
      >
        ${rollWord(delegate.roll)}<${Icon} name=${isOpen ? "chevron-up" : "chevron-down"} />
      </button>
    </div>
    ${isOpen && html`<${RollEditor} delegate=${delegate} onSave=${mark} onClose=${onClose} />`}
  </li>`;
}

/** @param {{own: OwnPart, isDisabled: boolean}} props */
function HeadCount({ own, isDisabled }) {
  const { connection } = usePage();
  const typed = useSignal(/** @type {string | null} */ (null));
  const value = typed.value ?? String(own.roll.head_count ?? "");
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!/^\d{1,4}$/.test(value)) return;
    void connection.command("report_head_count", { site_id: own.site_id, count: Number(value) });
    typed.value = null;
  };
  const fault = countFault(own.roll);
  const label = _("Sĩ số (triệu tập %(n)s)", { n: own.roll.expected });
  return html`<form class="roll-count" onSubmit=${send}>
    <label for="head-count">${label}</label>
    <input
      class="input num"
      id="head-count"
      inputmode="numeric"
      pattern="[0-9]*"
      maxlength="4"
      data-test="head-count"
      disabled=${isDisabled}
      value=${value}
      onInput=${(/** @type {any} */ event) => (typed.value = event.currentTarget.value)}
    />
    <button class="btn is-small" disabled=${isDisabled || typed.value === null || typed.value === ""}>
      ${_("Lưu")}
    </button>
    ${fault && html`<p class="t-warn count-fault" role="status" data-test="count-fault">${fault}</p>`}
  </form>`;
}

/** The panel. */
export function Roll() {
  const page = usePage();
  const { connection } = page;
  const opened = useSignal(0);
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  if (!part || !own) return null;
  const isDisabled = !isInControl(page) || ["scheduled", "adjourned"].includes(part.conference.status);
  const named = own.delegates.filter(isHere).length;
  const { head_count: counted, expected } = own.roll;
  const unmarked = own.delegates.filter((delegate) => delegate.roll === "unmarked");
  const allPresent = async () => {
    for (const delegate of unmarked) {
      const answer = await connection.command("mark_roll", {
        delegate_id: delegate.id,
        status: "present",
        reason: "",
      });
      if (!answer.ok) break;
    }
  };
  const sent = _("Đã gửi %(time)s", { time: clockTime(own.roll.confirmed_at) });
  return html`<div class="site-pan" tabindex="0" role="tabpanel" id="pane-roll" aria-labelledby="tab-roll" data-test="roll">
      <p class="row is-tight is-between site-roll-state">
        ${
          own.roll.confirmed_at
            ? html`<span class="badge is-ok" data-test="roll-confirmed"><${Icon} name="check" />${sent}</span>`
            : html`<span class="badge is-warn"><${Icon} name="clipboard-list" />${_("Chưa gửi")}</span>`
        }
        ${part.conference.is_example && html`<span class="badge is-info"><${Icon} name="info" />${_("số liệu minh họa")}</span>`}
      </p>
      ${part.conference.status === "scheduled" && html`<p class="site-note"><${Icon} name="info" />${_("Điểm danh được khi hội nghị đã mở điểm cầu.")}</p>`}
      <div class="site-att">
        <strong class="num" data-test="present-count"
          >${counted === null ? `${named}/${own.delegates.length}` : `${counted}/${expected}`}</strong
        ><span>${counted === null ? _("trong danh sách có mặt") : _("đại biểu có mặt")}</span>
        ${
          unmarked.length > 0 &&
          part.conference.status !== "adjourned" &&
          html`<button
            type="button"
            class="btn is-small push"
            data-test="all-present"
            disabled=${isDisabled}
            onClick=${allPresent}
          >
            <${Icon} name="user-check" />${_("Tất cả có mặt")}
          </button>`
        }
      </div>
      <ul class="site-people">
        ${own.delegates.map(
          (delegate) =>
            html`<${RollRow}
              key=${delegate.id}
              delegate=${delegate}
              isDisabled=${isDisabled}
              isOpen=${opened.value === delegate.id}
              onOpen=${() => (opened.value = delegate.id)}
              onClose=${() => (opened.value = 0)}
            />`,
        )}
      </ul>
      ${
        part.conference.status !== "adjourned" &&
        html`<div class="roll-foot">
          <${HeadCount} own=${own} isDisabled=${isDisabled} />
          <button
            type="button"
            class=${`btn${own.roll.confirmed_at ? "" : " is-primary"}`}
            data-test="confirm-roll"
            disabled=${isDisabled}
            onClick=${() => connection.command("confirm_roll", { site_id: own.site_id })}
          >
            <${Icon} name="check" />${own.roll.confirmed_at ? _("Gửi lại điểm danh") : _("Xác nhận điểm danh")}
          </button>
        </div>`
      }
    </div>`;
}
