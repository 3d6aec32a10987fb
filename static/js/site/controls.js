/** The three large buttons: microphone, camera, and the one act that makes sense now. */

import { signal, useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { SpeakerDialog, isInControl, isTaking, microphoneReason, toggleMicrophone } from "./microphone.js";
import { ownSpeech, waitingRequests } from "./own-state.js";
import { usePage } from "./page-context.js";
import { ShareStrip } from "./share-dialog.js";

function MicrophoneButton() {
  const page = usePage();
  const { connection, media, isHall } = page;
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  const reason = part && own ? microphoneReason(part, own, isHall, media.hasMicrophone.value) : " ";
  const isDisabled = Boolean(reason) || !isInControl(page);
  const takes = Boolean(part && own && isTaking(part, own, isHall));
  const isOpen = Boolean(own?.is_microphone_open) && !reason && !takes;
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
    <p id="mic-why" class=${reason.trim() ? "site-mic-why" : "sr"} data-test="mic-why">${reason}</p>`;
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
 * Gives up a place in the list; it may be had back for a while.
 * @param {import("./page-context.js").PageContext} page
 * @param {import("../types").OwnRequest} request
 */
export async function withdraw({ connection }, { request_id, who }) {
  const answer = await connection.command("withdraw_request", { request_id });
  const { seq } = answer;
  if (!answer.ok || seq === undefined) return;
  toast(_("Đã rút đăng ký của %(who)s", { who }), { undo: () => void connection.command("undo", { seq }) });
}

function ActButton() {
  const page = usePage();
  const { connection } = page;
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
      onClick=${() => waiting[0] && withdraw(page, waiting[0])}
    >
      <${Icon} name="undo-2" /><span>${_("Rút đăng ký")}</span>
    </button>`;
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
    <${ShareStrip} /><${MicrophoneButton} /><${CameraButton} /><${ActButton} /><${SpeakerDialog} />
  </div>`;
}
