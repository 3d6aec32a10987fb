/** The three large buttons: microphone, camera, and the one act that makes sense now. */

import { signal, useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { ownSpeech, waitingRequests } from "./own-state.js";
import { usePage } from "./page-context.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").OwnPart} OwnPart */

/** Whether the controls of the seat may be used now. @param {import("./page-context.js").PageContext} page */
export function isInControl({ connection }) {
  return (
    connection.isUsable.value && connection.seat.value?.state === "held" && connection.ownPart.value !== null
  );
}

/**
 * Why the microphone cannot be used, or "" when it can.
 * @param {PublicPart} part
 * @param {OwnPart} own
 * @param {boolean} isHall
 * @param {boolean} hasMicrophone
 */
function microphoneReason(part, own, isHall, hasMicrophone) {
  const speech = ownSpeech(part, own);
  const isLive = ["doors_open", "convened", "suspended"].includes(part.conference.status);
  if (!isLive) return _("Micro dùng được khi hội nghị đã mở điểm cầu.");
  if (!hasMicrophone) return _("Máy này chưa có micro.");
  if (isHall && part.conference.presiding_site_id === own.site_id) return "";
  if (speech?.paused_by.includes("muted")) return _("Chủ trì đã tắt micro, chỉ chủ trì mở lại được.");
  if (speech?.state === "warning") return _("Micro sắp mở.");
  return speech ? "" : _("Micro do chủ trì bật khi mời phát biểu");
}

/** Closes or opens the own microphone: the server is the switch. */
export function toggleMicrophone(
  /** @type {import("./page-context.js").PageContext} */ { connection, media, isHall },
) {
  const [part, own] = [connection.publicPart.peek(), connection.ownPart.peek()];
  if (!part || !own || microphoneReason(part, own, isHall, media.hasMicrophone.peek())) return;
  const name = own.is_microphone_open ? "close_microphone" : "open_microphone";
  void connection.command(name, { site_id: own.site_id });
}

function MicrophoneButton() {
  const page = usePage();
  const { connection, media, isHall } = page;
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  const reason = part && own ? microphoneReason(part, own, isHall, media.hasMicrophone.value) : " ";
  const isDisabled = Boolean(reason) || !isInControl(page);
  const isOpen = Boolean(own?.is_microphone_open) && !reason;
  const isHeard = Boolean(part && own && part.stage.heard.includes(own.site_id));
  return html`<button
      type="button"
      class=${`btn is-lg${isOpen ? (isHeard ? " is-danger" : "") : reason ? "" : " is-primary"}`}
      data-test="microphone"
      disabled=${isDisabled}
      aria-describedby=${reason ? "mic-why" : undefined}
      title=${reason || undefined}
      onClick=${() => toggleMicrophone(page)}
    >
      <${Icon} name=${isOpen ? "mic" : "mic-off"} /><span
        >${reason ? _("Micro") : isOpen ? _("Tắt micro") : _("Bật micro")}</span
      >
    </button>
    <p id="mic-why" class="sr">${reason}</p>`;
}

function CameraButton() {
  const { media } = usePage();
  const reason = media.hasCamera.value ? undefined : _("Máy này chưa có camera.");
  const isOn = media.camera.value && media.hasCamera.value;
  return html`<button
    type="button"
    class="btn is-lg"
    data-test="camera"
    disabled=${!media.hasCamera.value}
    title=${reason}
    onClick=${() => (media.camera.value = !media.camera.peek())}
  >
    <${Icon} name=${isOn ? "video" : "video-off"} /><span>${isOn ? _("Camera bật") : _("Camera tắt")}</span>
  </button>`;
}

/** Before the opening the form is folded: the roll has its place, until somebody wants to register. */
export const isFormWanted = signal(false);

/** Brings the registration form into view and the keyboard into its first field. */
export function goToRegistration() {
  isFormWanted.value = true;
  requestAnimationFrame(() => {
    const panel = document.getElementById("raise");
    panel?.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null | undefined} */ (
      panel?.querySelector("select:not([disabled]), button:not([disabled])")
    )?.focus();
  });
}

/**
 * Asks before a place in the list is given up: there is no way back to it.
 * @param {{request: import("../types").OwnRequest, onClose: () => void}} props
 */
export function WithdrawDialog({ request, onClose }) {
  const { connection } = usePage();
  const withdraw = () => {
    onClose();
    void connection.command("withdraw_request", { request_id: request.request_id });
  };
  const words = _("Chỗ của %(who)s trong danh sách đăng ký phát biểu sẽ mất.", { who: request.who });
  return html`<${Dialog}
    title=${_("Rút đăng ký phát biểu?")}
    isAlert
    onClose=${onClose}
    test="withdraw-dialog"
    actions=${html`<button type="button" class="btn" onClick=${onClose}>${_("Giữ đăng ký")}</button>
      <button type="button" class="btn is-danger" data-test="withdraw-confirm" onClick=${withdraw}>
        <${Icon} name="undo-2" />${_("Rút đăng ký")}
      </button>`}
  >
    <p class="muted">${words}</p>
  <//>`;
}

function ActButton() {
  const page = usePage();
  const { connection } = page;
  const asked = useSignal(/** @type {import("../types").OwnRequest | null} */ (null));
  const isEnding = useSignal(0);
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  const isDisabled = !isInControl(page);
  const speech = part && ownSpeech(part, own);
  if (speech) {
    const release = async () => {
      isEnding.value = speech.request_id;
      await connection.command("release_floor", { request_id: speech.request_id });
      isEnding.value = 0;
    };
    return html`<button
      type="button"
      class="btn is-lg is-primary"
      data-test="release"
      disabled=${isDisabled || isEnding.value === speech.request_id}
      onClick=${release}
    >
      <${Icon} name="check" /><span>${_("Đã nói xong")}</span>
    </button>`;
  }
  const waiting = waitingRequests(own);
  const isOver = part?.conference.status === "adjourned";
  if (waiting.length === 1 && !isOver)
    return html`<button
        type="button"
        class="btn is-lg is-danger-line"
        data-test="withdraw"
        disabled=${isDisabled}
        onClick=${() => (asked.value = waiting[0])}
      >
        <${Icon} name="undo-2" /><span>${_("Rút đăng ký")}</span>
      </button>
      ${asked.value && html`<${WithdrawDialog} request=${asked.value} onClose=${() => (asked.value = null)} />`}`;
  return html`<button
    type="button"
    class="btn is-lg"
    data-test="register"
    disabled=${isDisabled || isOver}
    title=${isOver ? _("Hội nghị đã kết thúc.") : undefined}
    onClick=${goToRegistration}
  >
    <${Icon} name="hand" /><span>${waiting.length ? _("Xem đăng ký") : _("Đăng ký phát biểu")}</span>
  </button>`;
}

/** The buttons. */
export function Controls() {
  return html`<div class="site-controls" role="group" aria-label=${_("Thiết bị và phát biểu")}>
    <${MicrophoneButton} /><${CameraButton} /><${ActButton} />
  </div>`;
}
