/** What can be done with an entry besides inviting it: prepare, put off, decline, remove, with a reason the site is shown. */
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
  const canPrepare = Boolean(current?.is_connected);
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
    <div class="row is-wrap desk-entry-acts">
      <button
        type="button"
        class="btn"
        disabled=${Boolean(why) || !canPrepare}
        data-test=${current?.prepared_at ? "unprepare" : "prepare-entry"}
        onClick=${() => send(current?.prepared_at ? "unprepare_request" : "prepare_request", request)}
      >
        <${Icon} name=${current?.prepared_at ? "undo-2" : "bell"} />${current?.prepared_at ? _("Thôi báo chuẩn bị") : _("Báo chuẩn bị")}
      </button>
      <button type="button" class="btn" disabled=${Boolean(why)} data-test="defer" onClick=${() => send("defer_request", request)}>
        <${Icon} name="clock" />${_("Để sau cùng")}
      </button>
    </div>
    ${why && html`<p class="chair-why">${why}</p>`}
  <//>`;
}
