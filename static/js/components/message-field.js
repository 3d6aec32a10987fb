import { signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

const MESSAGE_LENGTH = 1000;
const MOST_ROWS = 4;

/** What is typed and not sent yet, by whom it is for: it survives a lost line and a closed panel. */
const drafts = signal(/** @type {Record<string, string>} */ ({}));

/**
 * A field for one message: Enter sends, Shift+Enter makes a new line. What could not be sent stays.
 * @param {{name: string, label: string, isDisabled?: boolean, onSend: (text: string) => Promise<import("../types").Answer>}} props
 *   `name` tells one draft from another.
 */
export function MessageField({ name, label, isDisabled = false, onSend }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const isSending = useSignal(false);
  const refusal = useSignal("");
  const text = drafts.value[name] ?? "";
  const set = (/** @type {string} */ value) => (drafts.value = { ...drafts.peek(), [name]: value });
  const send = async () => {
    if (!text.trim() || isSending.peek() || isDisabled) return;
    isSending.value = true;
    const answer = await onSend(text.trim());
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
