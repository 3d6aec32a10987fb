/** *Chia sẻ hình*: this machine's screen or a second camera, and what is told while it is offered and while it is shown. */

import { useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { canShareScreen } from "../share.js";
import { isInControl } from "./microphone.js";
import { usePage } from "./page-context.js";

/** @typedef {import("../types").ShareSource} ShareSource */

const FAULTS = {
  refused: () => _("Trình duyệt chưa được phép lấy hình này."),
  missing: () => _("Không lấy được hình. Kiểm tra thiết bị rồi thử lại."),
};

/** Opens the dialog; while the conference can take an offer and none stands. @param {{onShare: () => void}} props */
export function ShareButton({ onShare }) {
  const page = usePage();
  const { connection, share } = page;
  const status = connection.publicPart.value?.conference.status;
  const isLive = status === "doors_open" || status === "convened" || status === "suspended";
  if (!isLive || share.told.value || !isInControl(page)) return null;
  return html`<button type="button" class="btn is-small is-ghost site-share-open" data-test="share-open" aria-label=${_("Chia sẻ hình: màn hình hoặc camera thứ hai")} onClick=${onShare}>
    <${Icon} name="screen-share" /><span class="site-wide">${_("Chia sẻ hình")}</span>
  </button>`;
}

/** @param {{onClose: () => void}} props */
export function ShareDialog({ onClose }) {
  const { media, share } = usePage();
  const fault = useSignal(/** @type {"" | "refused" | "missing"} */ (""));
  const inUse = media.localStream.value?.getVideoTracks()[0]?.getSettings().deviceId;
  const cameras = media.devices.value.filter(
    (device) => device.kind === "videoinput" && device.deviceId && device.deviceId !== inUse,
  );
  /** @param {ShareSource} source @param {string} [camera] */
  const offer = async (source, camera) => {
    fault.value = "";
    fault.value = await share.offer(source, camera);
    if (!fault.value) onClose();
  };
  const isScreen = canShareScreen();
  return html`<${Dialog}
    title=${_("Chia sẻ hình")}
    onClose=${onClose}
    test="share-dialog"
    actions=${html`<button type="button" class="btn" data-test="dialog-no" onClick=${onClose}>${_("Đóng")}</button>`}
  >
    <div class="stack site-share">
      <p>${_("Bàn điều hành được báo. Chưa ai thấy hình này cho đến khi chủ trì hoặc thư ký bấm Chiếu.")}</p>
      ${fault.value && html`<p class="field-error" role="alert"><${Icon} name="circle-alert" /><span>${FAULTS[fault.value]()}</span></p>`}
      <button type="button" class="btn is-lg is-block is-primary" data-test="share-screen" disabled=${!isScreen || share.isTaking.value} onClick=${() => offer("screen")}>
        <${Icon} name="screen-share" /><span>${_("Màn hình máy này")}</span>
      </button>
      ${!isScreen && html`<p class="muted">${_("Trình duyệt trên máy này không chia sẻ được màn hình.")}</p>`}
      ${cameras.map(
        (camera, index) =>
          html`<button key=${camera.deviceId} type="button" class="btn is-block" data-test="share-camera" disabled=${share.isTaking.value} onClick=${() => offer("camera", camera.deviceId)}>
            <${Icon} name="camera" /><span>${_("Camera thứ hai")}: ${camera.label || `${index + 1}`}</span>
          </button>`,
      )}
      ${!cameras.length && html`<p class="muted">${_("Có thể cắm thêm một camera để chiếu hiện vật hoặc bản giấy.")}</p>`}
    </div>
  <//>`;
}

/** What is offered, whether it is on show, and its end; nothing without an offer. */
export function ShareStrip() {
  const { share } = usePage();
  const told = share.told.value;
  if (!told) return null;
  const what = told.source === "screen" ? _("Màn hình máy này") : _("Camera thứ hai");
  const title = told.is_shown ? _("ĐANG CHIẾU") : _("Chưa chiếu");
  const text = told.is_shown
    ? _("Cả hội nghị đang xem: %(what)s", { what })
    : _("%(what)s: chờ chủ trì hoặc thư ký bấm Chiếu", { what });
  return html`<div class=${`site-shared${told.is_shown ? " is-shown" : ""}`} data-test="shared" data-shown=${String(told.is_shown)}>
    <${VideoTile} track=${share.track.value} className="is-paper" label=${what} />
    <p role="status" aria-live="assertive"><strong><${Icon} name="screen-share" />${title}</strong><span>${text}</span></p>
    <button type="button" class="btn is-small" data-test="share-end" onClick=${share.end}>
      <${Icon} name="x" /><span>${_("Ngừng chia sẻ")}</span>
    </button>
  </div>`;
}
