/** *Thiết bị và âm thanh*: which camera, microphone and loudspeaker, a level meter, the sounds of this device. */

import { _ } from "../boot.js";
import { chime, isMuted, muteChimes } from "../chimes.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { LanguageSwitch } from "../components/language-switch.js";
import { Switch } from "../components/switch.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { faultWords } from "../media.js";
import { LevelMeter } from "./level-meter.js";
import { usePage } from "./page-context.js";

/** @typedef {"camera" | "microphone" | "speaker"} Which */

/** @type {Record<Which, {kind: MediaDeviceKind, label: () => string, none: () => string}>} */
const FIELDS = {
  camera: { kind: "videoinput", label: () => _("Camera"), none: () => _("Camera mặc định") },
  microphone: { kind: "audioinput", label: () => _("Micro"), none: () => _("Micro mặc định") },
  speaker: { kind: "audiooutput", label: () => _("Loa"), none: () => _("Loa mặc định") },
};

/** @param {{which: Which}} props */
export function DeviceField({ which }) {
  const { media } = usePage();
  const { kind, label, none } = FIELDS[which];
  const found = media.devices.value.filter(
    (device) => device.kind === kind && device.deviceId && device.deviceId !== "default",
  );
  const chosen = media.choice.value[which];
  const isGone = Boolean(chosen) && found.length > 0 && !found.some((device) => device.deviceId === chosen);
  const gone = _("%(name)s (đã rút)", { name: media.deviceNames.get(chosen) || label() });
  return html`<div class="field">
    <label for=${`device-${which}`}>${label()}</label>
    <select
      class="input"
      id=${`device-${which}`}
      value=${chosen}
      disabled=${media.isOpening.value}
      onChange=${(/** @type {any} */ event) => media.chooseDevices({ [which]: event.currentTarget.value })}
    >
      <option value="">${none()}</option>
      ${isGone && html`<option value=${chosen}>${gone}</option>`}
      ${found.map((device, index) => html`<option key=${device.deviceId} value=${device.deviceId}>${device.label || `${label()} ${index + 1}`}</option>`)}
    </select>
  </div>`;
}

/** @param {{onClose: () => void}} props */
export function DevicesDialog({ onClose }) {
  const { media, connection, check } = usePage();
  const fault = media.fault.value;
  const own = connection.ownPart.value;
  const isHolding = connection.publicPart.value?.holders.some((speech) => speech.site_id === own?.site_id);
  const hasSinks = "setSinkId" in HTMLMediaElement.prototype;
  return html`<${Dialog}
    title=${_("Thiết bị và âm thanh")}
    onClose=${onClose}
    test="devices-dialog"
    actions=${html`<button
        type="button"
        class="btn"
        onClick=${() => media.retryDevices()}
        disabled=${media.isOpening.value}
      >
        <${Icon} name="refresh-cw" />${_("Mở lại thiết bị")}
      </button>
      <button type="button" class="btn is-primary" onClick=${onClose}>${_("Xong")}</button>`}
  >
    <div class="stack">
      <${VideoTile}
        track=${media.localStream.value?.getVideoTracks()[0] ?? null}
        className="devices-preview"
        label=${_("Hình của điểm cầu này")}
      />
      ${fault && html`<p class="field-error"><${Icon} name="circle-alert" /><span>${faultWords(fault).cause}. ${faultWords(fault).remedy}</span></p>`}
      <${DeviceField} which="camera" />
      <div><${DeviceField} which="microphone" /><${LevelMeter} /></div>
      <div>
        <${Switch} isOn=${media.choice.value.cancelsEcho} word=${_("Khử vang")} test="echo-switch" onSwitch=${(/** @type {boolean} */ cancelsEcho) => media.chooseDevices({ cancelsEcho })} />
        <p class="muted">${_("Tắt khi phòng họp có bàn trộn tiếng hoặc bộ khử vang riêng: lọc ồn và tự chỉnh mức cũng tắt. Tiếng luôn gửi một kênh (mono).")}</p>
      </div>
      ${hasSinks && html`<${DeviceField} which="speaker" />`}
      <button type="button" class="btn" onClick=${() => chime("on_air")}>
        <${Icon} name="volume-2" />${_("Nghe thử")}
      </button>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked=${!isMuted.value}
          onChange=${(/** @type {any} */ event) => muteChimes(!event.currentTarget.checked)}
        />
        ${_("Chuông báo trên máy này")}
      </label>
      <button type="button" class="btn" data-test="check-again" disabled=${isHolding || connection.seat.value?.state !== "held"} onClick=${check}>
        <${Icon} name="list-checks" />${_("Kiểm tra lại từ đầu")}
      </button>
      <div class="site-narrow"><${LanguageSwitch} /></div>
    </div>
  <//>`;
}
