/** The whole agenda at a desk: to open any item, and to see who has registered for it beforehand. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { agendaTimes, createOpenItem, laterWord } from "./agenda_panel.js";
import { driftWord, personLine } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("./agenda_times.js").ItemTimes} ItemTimes */

/** The whole agenda, to open any item. @param {{desk: Desk, acts: ChairActs, close: () => void}} props */
export function AgendaDialog({ desk, acts, close }) {
  return html`<${Dialog}
    title=${_("Chương trình")}
    onClose=${close}
    test="agenda-dialog"
    actions=${html`<button type="button" class="btn" onClick=${close}>${_("Đóng")}</button>`}
  >
    <ol class="desk-items">
      ${agendaTimes(desk).map((times) => html`<${AgendaRow} key=${times.item.id} desk=${desk} acts=${acts} times=${times} />`)}
    </ol>
  <//>`;
}

/** @param {{desk: Desk, acts: ChairActs, times: ItemTimes}} props */
function AgendaRow({ desk, acts, times }) {
  const { item } = times;
  const open = useMemo(() => createOpenItem(desk, acts, item), [item.id]);
  const isOpen = item.id === desk.currentItem.value?.id;
  const waiting = desk.otherRequests.value.filter((entry) => entry.item_id === item.id);
  return html`<li
    class=${isOpen ? "is-now" : item.status === "closed" ? "is-done" : ""}
    aria-current=${isOpen ? "step" : undefined}
    data-item=${item.id}
  >
    <span class="queue-num">${item.number}</span>
    <div class="grow">
      <strong>${item.title}</strong>
      <span class="muted">${[...timeWords(times), item.presenter ?? "", laterWord(waiting.length)].filter(Boolean).join(" · ")}</span>
      ${waiting.length > 0 && html`<${Later} desk=${desk} waiting=${waiting} />`}
    </div>
    ${
      isOpen
        ? html`<span class="badge is-gold"><${Icon} name="play" />${_("Đang mở")}</span>`
        : !desk.isOver.value &&
          html`<${ActButton}
          act=${open}
          icon=${item.status === "closed" ? "undo-2" : "play"}
          test="open-item"
        >${item.status === "closed" ? _("Mở lại") : _("Mở")}<//>`
    }
  </li>`;
}

/**
 * When it was to begin, and when it did or is expected to.
 * @param {ItemTimes} times
 */
function timeWords({ planned_ms: planned, actual_ms: actual, is_expected: isExpected, drift_minutes: drift }) {
  const time = clockTime(actual);
  return [
    planned !== null && _("dự kiến %(time)s", { time: clockTime(planned) }),
    actual !== null && (isExpected ? _("ước tính %(time)s", { time }) : _("bắt đầu %(time)s", { time })),
    drift ? driftWord(drift) : "",
  ];
}

/**
 * Who has registered beforehand for a later item.
 * @param {{desk: Desk, waiting: WaitingRequest[]}} props
 */
function Later({ desk, waiting }) {
  return html`<ol class="desk-later" data-test="later">
    ${waiting.map(
      (entry) =>
        html`<li key=${entry.request_id} data-request=${entry.request_id}>
          <${Icon} name="hand" /> ${desk.siteName(entry.site_id)} – ${personLine(entry)}${entry.topic && html`<span class="muted"> · ${entry.topic}</span>`}
        </li>`,
    )}
  </ol>`;
}
