/** The agenda at the secretary: planned, actual, drift, and going to the next item. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { agendaTimes, createOpenItem, DriftBadge, expectedClose, laterWord } from "./agenda_panel.js";
import { agendaPlannedEnd, nextItem } from "./agenda_times.js";
import { PapersButton } from "./papers_dialog.js";
import { ScriptButton } from "./script_dialog.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").AgendaItem} AgendaItem */
/** @typedef {import("./agenda_times.js").ItemTimes} ItemTimes */

/** @param {{desk: Desk, acts: ChairActs}} props */
export function DeskAgenda({ desk, acts }) {
  const current = desk.currentItem.value;
  const times = agendaTimes(desk);
  const next = desk.isOver.value ? null : nextItem(desk.agenda.value, current?.id ?? null);
  return html`<section class="panel desk-agenda" aria-labelledby="h-ag" data-test="agenda">
    <div class="panel-head">
      <h2 id="h-ag">${_("Chương trình")}</h2>
      <${DriftBadge} times=${times.find((entry) => entry.item === current)} />
      <span class="push"></span>
      <${ScriptButton} desk=${desk} acts=${acts} />
      <${PapersButton} desk=${desk} acts=${acts} />
      <button
        type="button"
        class="btn is-icon is-ghost"
        aria-label=${_("Chọn nội dung khác")}
        data-test="agenda-open"
        onClick=${() => (acts.dialog.value = { name: "agenda" })}
      >
        <${Icon} name="list-ordered" />
      </button>
      ${next && html`<${NextItemButton} desk=${desk} acts=${acts} item=${next} />`}
    </div>
    <div class="desk-scroll" tabindex="0" role="group" aria-label=${_("Bảng chương trình")}>
      <table class="table desk-ag">
        <thead>
          <tr>
            <th scope="col">${_("Mục")}</th>
            <th scope="col" class="n">${_("Dự kiến")}</th>
            <th scope="col" class="n">${_("Thực tế")}</th>
            <th scope="col" class="n">${_("Lệch")}</th>
          </tr>
        </thead>
        <tbody>
          ${times.map((row) => html`<${Row}
            key=${row.item.id}
            row=${row}
            isOpen=${row.item === current}
            later=${laterWord(desk.otherRequests.value.filter((entry) => entry.item_id === row.item.id).length)}
          />`)}
        </tbody>
        <${Close} desk=${desk} times=${times} />
      </table>
    </div>
  </section>`;
}

/** When the conference should be over, and when it will be. @param {{desk: Desk, times: ItemTimes[]}} props */
function Close({ desk, times }) {
  const expected = expectedClose(desk);
  if (!expected) return null;
  const planned = agendaPlannedEnd(times);
  const drift = planned === null ? "" : driftText(Math.round((expected - planned) / 60_000));
  return html`<tfoot data-test="forecast-end">
    <tr>
      <th scope="row">${_("Dự kiến bế mạc")}</th>
      <td class="n">${clockTime(planned)}</td>
      <td class="n">~${clockTime(expected)}</td>
      <td class="n">${drift}</td>
    </tr>
  </tfoot>`;
}

/** @param {{desk: Desk, acts: ChairActs, item: AgendaItem}} props */
function NextItemButton({ desk, acts, item }) {
  const open = useMemo(() => createOpenItem(desk, acts, item), [item.id]);
  const word = _("Chuyển mục %(n)s", { n: item.number });
  return html`<${ActButton} act=${open} icon="skip-forward" className="is-primary is-small" test="open-next-item">${word}<//>`;
}

/** @param {{row: ItemTimes, isOpen: boolean, later: string}} props */
function Row({ row, isOpen, later }) {
  const { item, planned_ms: planned, actual_ms: actual, is_expected: isExpected, drift_minutes: drift } = row;
  const mark = isOpen
    ? html`<${Icon} name="play" />`
    : item.status === "closed"
      ? html`<${Icon} name="check" />`
      : html`<span class="desk-n num">${item.number}</span>`;
  return html`<tr
    class=${isOpen ? "is-now" : item.status === "closed" ? "is-done" : "is-todo"}
    aria-current=${isOpen ? "step" : undefined}
    data-item=${item.id}
  >
    <th scope="row"><span class="desk-ag-t">${mark}<span>${item.title}${later && " "}${later && html`<span class="badge" data-test="later-count"><${Icon} name="hand" />${later}</span>`}</span></span></th>
    <td class="n">${clockTime(planned)}</td>
    <td class="n">${actual === null ? "" : html`<span
      class=${isExpected ? "muted" : ""}
      title=${isExpected ? _("Ước tính") : undefined}
    >${isExpected ? "~" : ""}${clockTime(actual)}</span>`}</td>
    <td class="n">${drift === null ? "" : driftText(drift)}</td>
  </tr>`;
}

/** @param {number} minutes */
function driftText(minutes) {
  const sign = minutes > 0 ? "+" : minutes < 0 ? "−" : "";
  return _("%(n)s ph", { n: sign + Math.abs(minutes) });
}
