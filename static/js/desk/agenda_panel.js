/** The agenda at the chair: the open item, how far it is, and what comes next. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime, remainingMs } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { itemTotal } from "../words.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { agendaEnd, expectedEnd, itemTimes, nextItem } from "./agenda_times.js";
import { PapersButton } from "./papers_dialog.js";
import { ScriptButton } from "./script_dialog.js";
import { whyNotLive } from "./reasons.js";
import { driftWord, slowNow } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").AgendaItem} AgendaItem */
/** @typedef {import("./agenda_times.js").ItemTimes} ItemTimes */

/**
 * Opens an item; asks first when a speech runs, which it would end (rule 24).
 * @param {Desk} desk
 * @param {ChairActs} acts
 * @param {AgendaItem} item
 */
export function createOpenItem(desk, acts, item) {
  return createAct(
    () => whyNotLive(desk),
    () => {
      if (desk.floor.value) return (acts.dialog.value = { name: "open_item", item });
      acts.dialog.value = null;
      return desk.connection.command("open_item", { item_id: item.id, is_confirmed: false });
    },
  );
}

/** @param {Desk} desk */
export function agendaTimes(desk) {
  return itemTimes(desk.agenda.value, desk.currentItem.value?.id ?? null, slowNow.value, waitingMs(desk));
}

/** What the running speech and all who wait will still take. @param {Desk} desk */
function waitingMs(desk) {
  const rest = desk.floor.value ? Math.max(0, remainingMs(desk.floor.value, slowNow.value)) : 0;
  return rest + (desk.connection.publicPart.value?.forecast.queue_seconds ?? 0) * 1000;
}

/** When the open item is expected to end. @param {Desk} desk */
const currentEnd = (desk) => expectedEnd(desk.currentItem.value, slowNow.value, waitingMs(desk));

/** When everything is expected to be over; null while nothing tells. @param {Desk} desk */
export function expectedClose(desk) {
  if (desk.conference.value?.status !== "convened") return null;
  return agendaEnd(agendaTimes(desk), currentEnd(desk));
}

/**
 * How many have registered beforehand.
 * @param {number} count
 */
export function laterWord(count) {
  return count ? _("%(n)s đăng ký trước", { n: count }) : "";
}

/** @param {{times: ItemTimes | undefined}} props */
export function DriftBadge({ times }) {
  const drift = times?.drift_minutes;
  if (drift === null || drift === undefined) return null;
  return html`<span class=${`badge num${drift > 0 ? " is-warn" : " is-ok"}`}><${Icon} name="clock" />${driftWord(drift)}</span>`;
}

/** @param {{desk: Desk, acts: ChairActs}} props */
export function AgendaPanel({ desk, acts }) {
  const item = desk.currentItem.value;
  const times = agendaTimes(desk);
  const next = desk.isOver.value ? null : nextItem(desk.agenda.value, item?.id ?? null);
  const close = expectedClose(desk);
  return html`<section class="panel" aria-labelledby="h-agenda" data-test="agenda">
    <div class="panel-head">
      <h2 id="h-agenda">${_("Chương trình")}</h2>
      <span class="push"><${DriftBadge} times=${times.find((entry) => entry.item === item)} /></span>
      <${ScriptButton} desk=${desk} acts=${acts} />
      <${PapersButton} desk=${desk} acts=${acts} />
    </div>
    <div class="panel-body chair-agenda">
      ${
        item
          ? html`<${OpenItem}
        desk=${desk}
        item=${item}
        count=${itemTotal(desk.agenda.value)}
      />`
          : html`<p class="muted">${desk.isOver.value ? _("Chương trình đã kết thúc.") : _("Chưa mở nội dung nào.")}</p>`
      }
      ${next && html`<${NextLine} desk=${desk} item=${next} times=${times} close=${close} />`}
      <div class="chair-agenda-go">
        ${next && html`<${NextItem} desk=${desk} acts=${acts} item=${next} />`}
        <button
          type="button"
          class=${`btn${next ? " is-icon" : " is-block"}`}
          aria-label=${_("Toàn bộ chương trình")}
          data-test="agenda-open"
          onClick=${() => (acts.dialog.value = { name: "agenda" })}
        >
          <${Icon} name="list-ordered" />${!next && _("Toàn bộ chương trình")}
        </button>
      </div>
      ${item && !next && html`<p class="muted chair-small">${_("Đây là nội dung cuối cùng.")}</p>`}
    </div>
  </section>`;
}

/** @param {{desk: Desk, item: AgendaItem, count: number}} props */
function OpenItem({ desk, item, count }) {
  const planned = item.planned_minutes ?? 0;
  const used = item.opened_at ? Math.max(0, Math.floor((slowNow.value - Date.parse(item.opened_at)) / 60_000)) : 0;
  const end = currentEnd(desk);
  const facts = [
    planned ? _("%(used)s/%(planned)s phút", { used, planned }) : _("%(used)s phút", { used }),
    _("%(n)s ý kiến", { n: item.speeches }),
    end && (planned || desk.queue.value.length) ? _("dự kiến xong %(time)s", { time: clockTime(end) }) : "",
  ];
  const place = _("Mục %(n)s/%(count)s", { n: item.number, count });
  const usage = _("Đã dùng %(used)s trên %(planned)s phút", { used, planned });
  return html`
    <p class="chair-agenda-now" data-test="current-item">
      <span class="num">${place}</span> ${item.title}
    </p>
    ${
      planned > 0 &&
      html`<progress
      class=${`bar ${used > planned ? "is-warn" : "is-gold"}`}
      max=${planned}
      value=${Math.min(used, planned)}
      aria-label=${usage}
    ></progress>`
    }
    <p class="muted chair-small num">${facts.filter(Boolean).join(" · ")}</p>
  `;
}

/** @param {{desk: Desk, acts: ChairActs, item: AgendaItem}} props */
function NextItem({ desk, acts, item }) {
  const open = useMemo(() => createOpenItem(desk, acts, item), [item.id]);
  const word = _("Chuyển mục %(n)s", { n: item.number });
  return html`<${ActButton} act=${open} icon="skip-forward" test="open-next-item">${word}<//>`;
}

/** @param {{desk: Desk, item: AgendaItem, times: ItemTimes[], close: number | null}} props */
function NextLine({ desk, item, times, close }) {
  const later = laterWord(desk.otherRequests.value.filter((entry) => entry.item_id === item.id).length);
  const mine = times.find((entry) => entry.item.id === item.id);
  const start = mine?.actual_ms ?? mine?.planned_ms;
  return html`<p class="chair-agenda-next" data-test="next-item">
    <span class="muted">${_("Kế tiếp")}</span> ${start && html`<strong class="num">${clockTime(start)}</strong>`} ${item.title}${later && html`<span class="muted"> · ${later}</span>`}
    ${close && html` <span class="muted chair-close num" data-test="forecast-end">${_("Dự kiến bế mạc %(time)s", { time: clockTime(close) })}</span>`}
  </p>`;
}
