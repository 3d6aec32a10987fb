/** The form of a request: delegate, item, kind, topic. */

import { useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { usePage } from "./page-context.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").OwnPart} OwnPart */
/** @typedef {import("../types").AgendaItem} AgendaItem */
/** @typedef {import("../types").Delegate} Delegate */

const TOPIC_LENGTH = 250;
const OTHER = "\u0000other";

/** @param {Delegate} delegate */
export function isAbsent(delegate) {
  return delegate.roll === "excused" || delegate.roll === "unexcused";
}

/** @param {Delegate} delegate */
export function delegateName(delegate) {
  return delegate.name ? `${delegate.name} – ${delegate.title}` : delegate.title;
}

/**
 * Why a delegate cannot be registered now, or "".
 * @param {OwnPart} own
 * @param {Delegate} delegate
 * @param {number} itemId
 * @param {string} kind
 */
function delegateReason(own, delegate, itemId, kind) {
  if (isAbsent(delegate)) return _("vắng");
  const isOrder = kind === "point_of_order";
  const waits = own.requests.some(
    (one) =>
      one.delegate_id === delegate.id &&
      one.item_id === itemId &&
      one.status === "waiting" &&
      (one.kind === "point_of_order") === isOrder,
  );
  return waits ? _("đã đăng ký") : "";
}

/** @param {{item: AgendaItem | undefined, topic: string, isOther: boolean, onTopic: (topic: string) => void, onOther: (isOther: boolean) => void}} props */
function TopicField({ item, topic, isOther, onTopic, onOther }) {
  const topics = item?.topics ?? [];
  const isFree = isOther || topics.length === 0;
  const pick = (/** @type {any} */ event) => {
    const value = event.currentTarget.value;
    onOther(value === OTHER);
    onTopic(value === OTHER ? "" : value);
  };
  const left = TOPIC_LENGTH - topic.length;
  const leftWords = _("Còn %(n)s ký tự", { n: left });
  return html`<div class="field">
    <label for="request-topic">${_("Nội dung phát biểu")}</label>
    ${
      topics.length > 0 &&
      html`<select
        class="input"
        id="request-topic"
        data-test="request-topic"
        value=${isOther ? OTHER : topic}
        onChange=${pick}
      >
        <option value="">${_("Chọn nội dung…")}</option>
        ${topics.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
        <option value=${OTHER}>${_("Nội dung khác…")}</option>
      </select>`
    }
    ${
      isFree &&
      html`<input
          class="input"
          id=${topics.length ? "request-topic-free" : "request-topic"}
          data-test="request-topic-free"
          aria-label=${topics.length ? _("Nội dung khác") : undefined}
          maxlength=${TOPIC_LENGTH}
          value=${topic}
          placeholder=${_("Ghi ngắn gọn nội dung")}
          onInput=${(/** @type {any} */ event) => onTopic(event.currentTarget.value)}
        />
        ${left <= 60 && html`<small class="num">${leftWords}</small>`}`
    }
  </div>`;
}

/** @param {{categories: {id: number, name: string}[], chosen: import("@preact/signals").Signal<number>}} props */
function Category({ categories, chosen }) {
  return html`<div class="field">
    <label for="request-category">${_("Loại ý kiến")}</label>
    <select
      class="input"
      id="request-category"
      data-test="request-category"
      value=${chosen.value}
      onChange=${(/** @type {any} */ event) => (chosen.value = Number(event.currentTarget.value))}
    >
      <option value="0">${_("Không phân loại")}</option>
      ${categories.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
    </select>
  </div>`;
}

/**
 * @param {{part: PublicPart, own: OwnPart, isDisabled: boolean, firstKind?: string, onDone: () => void, onCancel?: () => void}} props
 */
export function RequestForm({ part, own, isDisabled, firstKind = "discussion", onDone, onCancel }) {
  const { connection } = usePage();
  const chosen = useSignal(0);
  const itemChoice = useSignal(0);
  const kind = useSignal(firstKind);
  const category = useSignal(0);
  const topic = useSignal("");
  const isOther = useSignal(false);
  const isSending = useSignal(false);
  const refused = useSignal("");

  const items = part.agenda.filter((item) => item.status !== "closed" && item.kind !== "break");
  const item = items.find((one) => one.id === (itemChoice.value || part.current_item_id)) ?? items[0];
  if (!item)
    return html`<p class="site-note"><${Icon} name="info" />${_("Chương trình đã hết mục để đăng ký.")}</p>`;
  const isOrder = kind.value === "point_of_order";
  const isClosed = item.is_queue_closed && !(isOrder && part.settings.takes_orders_when_closed);
  const categories = part.settings.order_categories;
  const free = own.delegates.filter((one) => !delegateReason(own, one, item.id, kind.value));
  const delegate = free.find((one) => one.id === chosen.value) ?? (free.length === 1 ? free[0] : undefined);
  const why = isClosed
    ? _("Đã đóng đăng ký phát biểu cho mục này.")
    : free.length === 0
      ? _("Không còn đại biểu có mặt nào chưa đăng ký.")
      : "";

  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!delegate) {
      refused.value = _("Chọn đại biểu phát biểu.");
      return;
    }
    isSending.value = true;
    refused.value = "";
    const answer = await connection.command(
      "request_floor",
      {
        delegate_id: delegate.id,
        kind: kind.value,
        topic: topic.value.trim(),
        item_id: item.id,
        limit_seconds: null,
        ...(isOrder && { category_id: category.value || null }),
      },
      { quiet: true },
    );
    isSending.value = false;
    if (!answer.ok) {
      refused.value = answer.message || _("Máy chủ từ chối thao tác này.");
      return;
    }
    chosen.value = 0;
    topic.value = "";
    isOther.value = false;
    kind.value = "discussion";
    onDone();
  };

  return html`<form class="site-form" onSubmit=${send} data-test="request-form">
    <div class="field">
      <label for="request-delegate">${_("Đại biểu")}</label>
      <select
        class="input"
        id="request-delegate"
        data-test="request-delegate"
        value=${delegate?.id ?? 0}
        onChange=${(/** @type {any} */ event) => (chosen.value = Number(event.currentTarget.value))}
      >
        <option value="0">${_("Chọn đại biểu…")}</option>
        ${own.delegates.map((one) => {
          const reason = delegateReason(own, one, item.id, kind.value);
          return html`<option key=${one.id} value=${one.id} disabled=${Boolean(reason)}>
            ${delegateName(one)}${reason && ` (${reason})`}
          </option>`;
        })}
      </select>
    </div>
    <${TopicField}
      item=${item}
      topic=${topic.value}
      isOther=${isOther.value}
      onTopic=${(/** @type {string} */ text) => (topic.value = text)}
      onOther=${(/** @type {boolean} */ is) => (isOther.value = is)}
    />
    <details open=${kind.value !== "discussion" || itemChoice.value > 0}>
      <summary>${_("Mục khác, trả lời, ý kiến về thủ tục")}</summary>
      <div class="site-form-pair">
        <div class="field">
          <label for="request-item">${_("Mục")}</label>
          <select
            class="input"
            id="request-item"
            data-test="request-item"
            value=${item.id}
            onChange=${(/** @type {any} */ event) => (itemChoice.value = Number(event.currentTarget.value))}
          >
            ${items.map(
              (one) =>
                html`<option key=${one.id} value=${one.id}>
                  ${`${one.number}. ${one.title}`}${one.id === part.current_item_id ? ` (${_("đang diễn ra")})` : ""}
                </option>`,
            )}
          </select>
        </div>
        <div class="field">
          <label for="request-kind">${_("Hình thức")}</label>
          <select
            class="input"
            id="request-kind"
            data-test="request-kind"
            value=${kind.value}
            onChange=${(/** @type {any} */ event) => (kind.value = event.currentTarget.value)}
          >
            <option value="discussion">${_("Phát biểu thảo luận")}</option>
            <option value="reply">${_("Trả lời người đang phát biểu")}</option>
            <option value="point_of_order">${_("Ý kiến về thủ tục")}</option>
          </select>
        </div>
        ${isOrder && categories.length > 0 && html`<${Category} categories=${categories} chosen=${category} />`}
      </div>
    </details>
    ${why && html`<p class="site-note" id="request-why"><${Icon} name="lock" />${why}</p>`}
    ${refused.value && html`<p class="field-error" role="alert"><${Icon} name="circle-alert" />${refused.value}</p>`}
    <div class="site-form-send">
      ${onCancel && html`<button type="button" class="btn" onClick=${onCancel}>${_("Hủy")}</button>`}
      <button
        class="btn is-primary is-block"
        data-test="request-send"
        disabled=${isDisabled || isSending.value || Boolean(why)}
        aria-describedby=${why ? "request-why" : undefined}
      >
        <${Icon} name=${isOrder ? "flag" : "hand"} />${isOrder ? _("Gửi ý kiến về thủ tục") : _("Gửi đăng ký")}
      </button>
    </div>
  </form>`;
}
