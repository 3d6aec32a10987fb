/** The list of speakers at a desk: reordered by the handle, by two buttons and by Alt with the arrow keys. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { Icon, LinkWord } from "../components/index.js";
import { html } from "../html.js";
import { limitWords, waitingWords } from "../words.js";
import { rowShift, useRowDrag } from "./drag.js";
import { categoryWord } from "./order_card.js";
import { whyNotLive } from "./reasons.js";
import { kindWord, personLine, slowNow } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {ReturnType<typeof import("./queue_order.js").createQueueOrder>} QueueOrder */

/**
 * @param {object} props
 * @param {Desk} props.desk
 * @param {QueueOrder} props.order
 * @param {string} props.className
 * @param {(entry: WaitingRequest) => any} props.actions what stands at the end of a row
 * @param {(entry: WaitingRequest) => any} [props.lead] what stands below the number
 * @param {(entry: WaitingRequest) => void} [props.onEnter] Enter on a row
 */
export function QueueList({ desk, order, className, actions, lead, onEnter }) {
  const entries = order.entries();
  const ids = entries.map((entry) => entry.request_id).join();
  const { list, drag, begin } = useRowDrag(ids, order.move);
  const kept = useRef(/** @type {{id: number, move: string} | null} */ (null));
  const reason = whyNotLive(desk);

  // A row that moves in the document loses the focus: give it back to the same button, else to the row.
  useLayoutEffect(() => {
    const want = kept.current;
    if (!want || document.activeElement !== document.body) return;
    const row = list.current?.querySelector(`[data-request="${want.id}"]`);
    const button = want.move && row?.querySelector(`[data-move="${want.move}"]:not(:disabled)`);
    /** @type {HTMLElement | null} */ (button || row)?.focus();
  });

  /**
   * @param {number} index
   * @param {number} to
   * @param {string} move the button used, "" for the row itself
   */
  function move(index, to, move) {
    const entry = entries[index];
    if (!entry || reason) return;
    kept.current = { id: entry.request_id, move };
    void order.move(index, to);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} index
   */
  function onKey(event, index) {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step && event.altKey) move(index, index + step, "");
    else if (step) focusRow(list.current, index + step);
    else if (event.key === "Enter" && event.target === event.currentTarget && !event.repeat) {
      const entry = entries[index];
      if (entry) onEnter?.(entry);
    } else return;
    event.preventDefault();
  }

  return html`<ol class=${className} ref=${list} data-test="queue" onFocusOut=${() => (kept.current = null)}>
    ${entries.map((entry, index) => {
      const site = desk.siteName(entry.site_id);
      const state = [
        "queue-item",
        entry.request_id === desk.next.value?.request_id && "is-next",
        !entry.is_connected && "is-gone",
        drag?.from === index && "is-drag",
      ];
      return html`<li
        key=${entry.request_id}
        class=${state.filter(Boolean).join(" ")}
        style=${drag ? { transform: `translateY(${rowShift(drag, index)}px)` } : { transform: "none" }}
        tabindex="0"
        aria-label=${_("%(n)s. %(site)s, %(who)s", { n: index + 1, site, who: personLine(entry) })}
        data-request=${entry.request_id}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKey(event, index)}
      >
        <button
          class="grip"
          type="button"
          tabindex="-1"
          disabled=${Boolean(reason)}
          aria-label=${_("Kéo để đổi thứ tự: %(site)s", { site })}
          data-test="grip"
          onPointerDown=${(/** @type {PointerEvent} */ event) => begin(event, index)}
        >
          <${Icon} name="grip-vertical" />
        </button>
        <div class="queue-lead"><span class="queue-num">${index + 1}</span>${lead?.(entry)}</div>
        <div class="grow"><${Entry} desk=${desk} entry=${entry} /></div>
        <div class="updown">
          <button
            class="btn is-icon"
            type="button"
            data-move="up"
            title=${reason ?? undefined}
            aria-label=${_("Đưa %(site)s lên", { site })}
            disabled=${index === 0 || Boolean(reason)}
            onClick=${() => move(index, index - 1, "up")}
          >
            <${Icon} name="chevron-up" />
          </button>
          <button
            class="btn is-icon"
            type="button"
            data-move="down"
            title=${reason ?? undefined}
            aria-label=${_("Đưa %(site)s xuống", { site })}
            disabled=${index === entries.length - 1 || Boolean(reason)}
            onClick=${() => move(index, index + 1, "down")}
          >
            <${Icon} name="chevron-down" />
          </button>
        </div>
        ${actions(entry)}
      </li>`;
    })}
  </ol>`;
}

/**
 * Who waits: site, link, delegate, topic, waiting time and length.
 * @param {{desk: Desk, entry: WaitingRequest}} props
 */
function Entry({ desk, entry }) {
  const kind = kindWord(entry.kind);
  const isOrder = entry.kind === "point_of_order";
  return html`
    <p class="queue-site">
      <span title=${desk.siteName(entry.site_id)}>${desk.siteName(entry.site_id)}</span>
      ${!entry.is_connected && html`<${LinkWord} state="lost" word=${_("Điểm cầu mất kết nối")} />`}
      ${entry.is_connected && desk.isWeak(entry.site_id) && html`<${LinkWord} state="weak" word=${_("Đường truyền yếu")} />`}
      ${kind && html`<span class=${`badge ${isOrder ? "is-warn" : ""}`}><${Icon} name=${isOrder ? "flag" : "message-square"} />${[kind, categoryWord(desk, entry.category_id)].filter(Boolean).join(": ")}</span>`}
    </p>
    <p class="queue-who">${personLine(entry)}</p>
    <p class="queue-topic">${entry.topic}</p>
    <p class="queue-wait">
      <${Icon} name="clock" /><span>${waitingWords(entry, slowNow.value)} · ${limitWords(entry.limit_seconds)}</span>
      ${entry.is_first && html`<span class="queue-mark is-first" data-test="first"><${Icon} name="circle-dot" />${_("Chưa phát biểu")}</span>`}
      ${!entry.is_in_turn && html`<span class="queue-mark is-first"><${Icon} name="hourglass" />${_("Không phải người trình bày")}</span>`}
      ${entry.deferred_at && html`<span class="queue-mark is-first"><${Icon} name="clock" />${_("Đã để sau")}</span>`}
      ${entry.prepared_at && html`<span class="queue-mark"><${Icon} name="check" />${_("Đã báo chuẩn bị")}</span>`}
      ${entry.is_devices_confirmed && html`<span class="queue-mark"><${Icon} name="check" />${_("Hình và tiếng tốt")}</span>`}
    </p>
  `;
}

/** Nobody waits: why, and what to do. @param {{desk: Desk}} props */
export function EmptyQueue({ desk }) {
  const isClosed = desk.currentItem.value?.is_queue_closed;
  return html`<div class="empty" data-test="queue-empty">
    <${Icon} name=${isClosed ? "lock" : "hand"} />
    <strong>${_("Chưa có ai đăng ký")}</strong>
    <span>
      ${
        desk.isOver.value
          ? ""
          : !desk.currentItem.value
            ? _("Mở một nội dung của chương trình để nhận đăng ký.")
            : isClosed
              ? _("Đăng ký đang đóng. Chủ trì vẫn mời được đại biểu bất kỳ.")
              : _("Điểm cầu bấm “Đăng ký phát biểu” sẽ hiện ở đây.")
      }
    </span>
  </div>`;
}

/**
 * @param {HTMLElement | null} list
 * @param {number} index
 */
function focusRow(list, index) {
  const row = /** @type {HTMLElement | undefined} */ (list?.children[index]);
  row?.focus();
}

/** Put the focus into the list: on its first row, unless a row has it. */
export function enterList() {
  const list = /** @type {HTMLElement | null} */ (document.querySelector('[data-test="queue"]'));
  if (!list?.contains(document.activeElement)) focusRow(list, 0);
}
