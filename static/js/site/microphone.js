/**
 * The own microphone: why it is closed, and opening it. The server is the switch. In a free discussion a site takes the floor
 * itself by opening it (rule 19) and says who speaks.
 */

import { signal } from "@preact/signals";
import { _ } from "../boot.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { ownSpeech } from "./own-state.js";
import { usePage } from "./page-context.js";
import { delegateName, isAbsent } from "./request-form.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").OwnPart} OwnPart */
/** @typedef {import("./page-context.js").PageContext} PageContext */

/** Whether the page asks who will speak. */
const isAsking = signal(false);

/** Whether the controls of the seat may be used now. @param {PageContext} page */
export function isInControl({ connection }) {
  return (
    connection.isUsable.value && connection.seat.value?.state === "held" && connection.ownPart.value !== null
  );
}

/** Whether opening the microphone takes the floor. @param {PublicPart} part @param {OwnPart} own @param {boolean} isHall */
export function isTaking(part, own, isHall) {
  const isPresiding = isHall && part.conference.presiding_site_id === own.site_id;
  const isReporting = part.reporting_site_id === own.site_id;
  return part.settings.mode === "free_discussion" && !isPresiding && !isReporting && !ownSpeech(part, own);
}

/**
 * Why the microphone cannot be used, or "" when it can.
 * @param {PublicPart} part
 * @param {OwnPart} own
 * @param {boolean} isHall
 * @param {boolean} hasMicrophone
 */
export function microphoneReason(part, own, isHall, hasMicrophone) {
  const speech = ownSpeech(part, own);
  const isLive = ["doors_open", "convened", "suspended"].includes(part.conference.status);
  if (!isLive) return _("Micro dùng được khi hội nghị đã mở điểm cầu.");
  if (!hasMicrophone) return _("Máy này chưa có micro.");
  if (isHall && part.conference.presiding_site_id === own.site_id) return "";
  if (part.reporting_site_id === own.site_id) return "";
  if (!speech) return idleReason(part, own);
  if (speech.state === "warning") return _("Micro sắp mở.");
  if (speech.paused_by.includes("muted")) return _("Chủ trì đã tắt micro, chỉ chủ trì mở lại được.");
  if (speech.paused_by.includes("point_of_order")) return _("Micro mở lại khi nghe xong ý kiến về thủ tục.");
  if (speech.paused_by.includes("paused")) return _("Chủ trì cho tạm dừng lượt phát biểu.");
  return "";
}

/** Why the microphone of who does not speak is closed, by how the floor is run. @param {PublicPart} part @param {OwnPart} own */
function idleReason(part, own) {
  switch (part.settings.mode) {
    case "fifo":
      return _("Micro tự mở khi đến lượt trong danh sách");
    case "presentation":
      return _("Mục này chỉ mở micro cho người trình bày");
    case "free_discussion":
      return notTakenReason(part, own);
    default:
      return _("Micro do chủ trì bật khi mời phát biểu");
  }
}

/** @param {PublicPart} part @param {OwnPart} own */
function notTakenReason(part, own) {
  const { open_microphones: count } = part.settings;
  if (part.conference.status === "suspended") return _("Hội nghị tạm dừng.");
  if (part.current_item_id === null) return _("Chưa mở nội dung nào của chương trình.");
  if (part.stage.is_chair_speaking) return _("Chủ trì đang phát biểu.");
  if (part.holders.some((one) => one.kind === "point_of_order")) return _("Đang nghe ý kiến về thủ tục.");
  if (part.holders.length >= count) return _("Đủ %(n)s micro đang mở, hãy chờ một micro tắt.", { n: count });
  return own.delegates.some((one) => !isAbsent(one)) ? "" : _("Chưa có đại biểu nào có mặt.");
}

/** Closes or opens the own microphone. @param {PageContext} page */
export function toggleMicrophone({ connection, media, isHall }) {
  const [part, own] = [connection.publicPart.peek(), connection.ownPart.peek()];
  if (!part || !own || microphoneReason(part, own, isHall, media.hasMicrophone.peek())) return;
  if (isTaking(part, own, isHall) && own.delegates.filter((one) => !isAbsent(one)).length > 1) {
    isAsking.value = true;
    return;
  }
  const isClosing = own.is_microphone_open && !isTaking(part, own, isHall);
  void connection.command(isClosing ? "close_microphone" : "open_microphone", { site_id: own.site_id });
}

/** Who takes the floor. */
export function SpeakerDialog() {
  const { connection, isHall } = usePage();
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  if (!isAsking.value || !part || !own || !isTaking(part, own, isHall)) return null;
  const close = () => (isAsking.value = false);
  const take = (/** @type {number} */ delegate_id) => {
    close();
    void connection.command("open_microphone", { site_id: own.site_id, delegate_id });
  };
  return html`<${Dialog}
    title=${_("Ai phát biểu?")}
    onClose=${close}
    test="speaker-dialog"
    actions=${html`<button type="button" class="btn" onClick=${close}>${_("Thôi")}</button>`}
  >
    <p class="muted">${_("Micro mở ngay và cả hội nghị nghe. Tắt micro là xong lượt.")}</p>
    <div class="site-speakers">
      ${own.delegates
        .filter((one) => !isAbsent(one))
        .map(
          (one) =>
            html`<button key=${one.id} type="button" class="btn is-block" data-test="speaker" onClick=${() => take(one.id)}>
              <${Icon} name="mic" /><span>${delegateName(one)}</span>
            </button>`,
        )}
    </div>
  <//>`;
}
