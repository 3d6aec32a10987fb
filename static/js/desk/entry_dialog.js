/** What can be done with an entry besides inviting it: prepare, decline, remove, with a reason the site is shown. */
import { useState } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";
import { whyNotLive } from "./reasons.js";
import { personLine } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */

const REASON_LENGTH = 250;

/** @param {{desk: Desk, close: () => void, entry: WaitingRequest}} props */
export function EntryDialog({ desk, close, entry }) {
  const [reason, setReason] = useState("");
  const current = desk.queue.value.find((waiting) => waiting.request_id === entry.request_id);
  const why = current ? whyNotLive(desk) : _("Đăng ký này không còn trong danh sách.");
  const request = { request_id: entry.request_id };

  /**
   * @param {string} name
   * @param {Record<string, unknown>} args
   */
  const send = async (name, args) => {
    const answer = await desk.connection.command(name, args);
    if (answer.ok) close();
  };
  const actions = html`
    <button type="button" class="btn" data-test="dialog-no" onClick=${close}>${_("Đóng")}</button>
    <button
      type="button"
      class="btn is-danger-line"
      disabled=${Boolean(why)}
      data-test="remove"
      onClick=${() => send("remove_request", { ...request, reason })}
    >
      <${Icon} name="trash-2" />${_("Xóa khỏi danh sách")}
    </button>
    <button
      type="button"
      class="btn is-danger"
      disabled=${Boolean(why)}
      data-test="decline"
      onClick=${() => send("decline_request", { ...request, reason })}
    >
      <${Icon} name="x" />${_("Từ chối")}
    </button>
  `;
  return html`<${Dialog} title=${desk.siteName(entry.site_id)} onClose=${close} test="entry-dialog" actions=${actions}>
    <p class="queue-who">${personLine(entry)}</p>
    <p class="queue-topic">${entry.topic}</p>
    <div class="field desk-reason">
      <label for="entry-reason">${_("Lý do từ chối hoặc xóa (điểm cầu sẽ thấy)")}</label>
      <textarea
        class="input"
        id="entry-reason"
        rows="2"
        maxlength=${REASON_LENGTH}
        value=${reason}
        onInput=${(/** @type {any} */ event) => setReason(event.currentTarget.value)}
      ></textarea>
    </div>
    ${
      current?.prepared_at &&
      html`<button
        type="button"
        class="btn is-small"
        disabled=${Boolean(why)}
        data-test="unprepare"
        onClick=${() => send("unprepare_request", request)}
      >
      <${Icon} name="undo-2" />${_("Thôi báo chuẩn bị")}
    </button>`
    }
    ${why && html`<p class="chair-why">${why}</p>`}
  <//>`;
}
