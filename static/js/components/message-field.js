import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

const MESSAGE_LENGTH = 1000;
const MOST_ROWS = 4;

/**
 * A field for one message: Enter sends, Shift+Enter makes a new line. What is typed survives a closed panel, a lost line and a reload;
 * what is sent without a line waits for it.
 * @param {{label: string, isDisabled?: boolean, outbox: import("../outbox.js").Outbox, to: import("../outbox.js").Address}} props
 */
export function MessageField({ label, isDisabled = false, outbox, to }) {
  const { drafts, waiting } = outbox;
  const name = to.site_id ? `site-${to.site_id}` : to.channel;
  const queued = waiting.value.filter((one) => one.to.channel === to.channel && one.to.site_id === to.site_id);
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const isSending = useSignal(false);
  const refusal = useSignal("");
  const text = drafts.value[name] ?? "";
  const set = (/** @type {string} */ value) => outbox.write(name, value);
  const send = async () => {
    if (!text.trim() || isSending.peek() || isDisabled) return;
    isSending.value = true;
    const answer = await outbox.send(to, text.trim());
    isSending.value = false;
    refusal.value = answer.ok ? "" : answer.message || _("Chưa gửi được.");
    if (answer.ok && (drafts.peek()[name] ?? "") === text) set("");
    field.current?.focus();
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const rows = Math.min(MOST_ROWS, text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 60), 0));
  const count = _("%(n)s/%(limit)s ký tự", { n: text.length, limit: MESSAGE_LENGTH });
  return html`<form
    class="message-field"
    onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), void send())}
  >
    ${
      queued.length > 0 &&
      html`<ul class="message-queued" role="status" data-test="queued">
        ${queued.map(
          ({ id, text: words }) =>
            html`<li key=${id}><${Icon} name="clock" /><span><strong>${_("Chờ gửi")}</strong> ${words}</span>
              <button type="button" class="btn is-icon is-ghost is-small" aria-label=${_("Bỏ tin này")} onClick=${() => outbox.drop(id)}><${Icon} name="x" /></button></li>`,
        )}
      </ul>`
    }
    <textarea
      ref=${field}
      class="input"
      rows=${rows}
      maxlength=${MESSAGE_LENGTH}
      aria-label=${label}
      placeholder=${label}
      data-test="message-text"
      value=${text}
      onInput=${(/** @type {any} */ event) => set(event.currentTarget.value)}
      onKeyDown=${press}
    ></textarea>
    <button
      class="btn is-icon"
      aria-label=${_("Gửi tin")}
      data-test="message-send"
      disabled=${isDisabled || isSending.value || !text.trim()}
    >
      <${Icon} name="send" />
    </button>
    ${
      (refusal.value || text) &&
      html`<p class="message-foot">
        ${refusal.value && html`<span class="field-error" role="alert"><${Icon} name="circle-alert" />${refusal.value}</span>`}
        ${text && html`<small class="muted num">${count}</small>`}
      </p>`
    }
  </form>`;
}
