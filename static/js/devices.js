/** The camera and the microphone of this page: opening them, their faults, the choice kept per device. */

import { computed, effect, signal } from "@preact/signals";
import { _ } from "./boot.js";

/** @typedef {import("./types").DeviceFault} DeviceFault */
/** @typedef {import("./types").DeviceChoice} DeviceChoice */

const CHOICE_KEY = "diem-cau.devices";

/**
 * A fault in words: what is wrong, and what to do.
 * @param {DeviceFault} fault
 * @returns {{cause: string, remedy: string}}
 */
export function faultWords(fault) {
  return {
    camera_refused: {
      cause: _("Trình duyệt không cho dùng camera"),
      remedy: _("Bấm biểu tượng camera hoặc ổ khóa cạnh địa chỉ, chọn Cho phép, rồi bấm Thử lại."),
    },
    camera_busy: {
      cause: _("Không mở được camera"),
      remedy: _("Chương trình khác đang dùng camera. Đóng chương trình đó rồi bấm Thử lại."),
    },
    camera_missing: {
      cause: _("Không tìm thấy camera"),
      remedy: _("Cắm camera vào máy rồi bấm Thử lại."),
    },
    microphone_refused: {
      cause: _("Trình duyệt không cho dùng micro"),
      remedy: _("Bấm biểu tượng micro hoặc ổ khóa cạnh địa chỉ, chọn Cho phép, rồi bấm Thử lại."),
    },
    microphone_busy: {
      cause: _("Không mở được micro"),
      remedy: _("Chương trình khác đang dùng micro. Đóng chương trình đó rồi bấm Thử lại."),
    },
    microphone_missing: {
      cause: _("Không tìm thấy micro"),
      remedy: _("Cắm micro vào máy rồi bấm Thử lại."),
    },
    insecure: {
      cause: _("Trang này chưa được mở qua HTTPS"),
      remedy: _("Trình duyệt chỉ cho dùng camera và micro qua HTTPS. Báo Tổ kỹ thuật."),
    },
  }[fault];
}

/** @returns {DeviceChoice} */
function readChoice() {
  const none = { camera: "", microphone: "", speaker: "" };
  try {
    return { ...none, ...JSON.parse(localStorage.getItem(CHOICE_KEY) ?? "{}") };
  } catch {
    return none;
  }
}

/** The picture's size: 1280×720, or what `?video=320x180` asks for (tests). */
function pictureSize() {
  const given = /^(\d{2,4})x(\d{2,4})$/.exec(new URLSearchParams(location.search).get("video") ?? "");
  return given ? { width: Number(given[1]), height: Number(given[2]) } : { width: 1280, height: 720 };
}

/**
 * @param {DeviceChoice} choice
 * @param {boolean} isMixer
 */
function constraints(choice, isMixer) {
  const { width, height } = pictureSize();
  return {
    video: {
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: 30, max: 30 },
      ...(choice.camera && { deviceId: { exact: choice.camera } }),
    },
    audio: {
      echoCancellation: true,
      noiseSuppression: !isMixer,
      autoGainControl: !isMixer,
      ...(choice.microphone && { deviceId: { exact: choice.microphone } }),
    },
  };
}

/**
 * Opens what it can: both, else the one that works, with the fault of the other.
 * @param {DeviceChoice} choice
 * @param {boolean} isMixer
 * @returns {Promise<{tracks: MediaStreamTrack[], fault: DeviceFault | null}>}
 */
async function openDevices(choice, isMixer) {
  if (!navigator.mediaDevices?.getUserMedia) return { tracks: [], fault: "insecure" };
  const wanted = constraints(choice, isMixer);
  try {
    return { tracks: (await navigator.mediaDevices.getUserMedia(wanted)).getTracks(), fault: null };
  } catch (error) {
    const name = /** @type {DOMException} */ (error).name;
    // A kept choice whose device is no longer there.
    if (name === "OverconstrainedError" && (choice.camera || choice.microphone))
      return openDevices({ ...choice, camera: "", microphone: "" }, isMixer);
    const microphone = await openOne({ audio: wanted.audio });
    const camera = await openOne({ video: wanted.video });
    return {
      tracks: [...microphone.tracks, ...camera.tracks],
      fault: faultOf(camera.error, microphone.error),
    };
  }
}

/** @param {MediaStreamConstraints} wanted */
async function openOne(wanted) {
  try {
    return { tracks: (await navigator.mediaDevices.getUserMedia(wanted)).getTracks(), error: "" };
  } catch (error) {
    return { tracks: [], error: /** @type {DOMException} */ (error).name };
  }
}

/**
 * @param {string} camera name of the error, or ""
 * @param {string} microphone
 * @returns {DeviceFault | null}
 */
function faultOf(camera, microphone) {
  if (microphone === "NotAllowedError" && !camera) return "microphone_refused";
  if (camera === "NotAllowedError") return "camera_refused";
  if (camera === "NotFoundError" || camera === "OverconstrainedError") return "camera_missing";
  if (camera) return "camera_busy";
  if (microphone === "NotReadableError") return "microphone_busy";
  return microphone ? "microphone_missing" : null;
}

/** @param {boolean} isMixer */
export function createDevices(isMixer) {
  const localStream = signal(/** @type {MediaStream | null} */ (null));
  const fault = signal(/** @type {DeviceFault | null} */ (null));
  const isOpening = signal(false);
  let opening = 0;
  const devices = signal(/** @type {MediaDeviceInfo[]} */ ([]));
  const choice = signal(readChoice());
  const camera = signal(true);
  const microphone = signal(false);
  const hasCamera = computed(() => Boolean(localStream.value?.getVideoTracks().length));
  const hasMicrophone = computed(() => Boolean(localStream.value?.getAudioTracks().length));

  effect(() => {
    for (const track of localStream.value?.getVideoTracks() ?? []) track.enabled = camera.value;
    for (const track of localStream.value?.getAudioTracks() ?? []) track.enabled = microphone.value;
  });

  async function list() {
    devices.value = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  }

  function close() {
    opening += 1;
    isOpening.value = false;
    const stream = localStream.peek();
    localStream.value = null;
    for (const track of stream?.getTracks() ?? []) track.stop();
  }

  /** @param {MediaStreamTrack} track */
  function dropTrack(track) {
    const stream = localStream.peek();
    if (!stream?.getTracks().includes(track)) return;
    const rest = stream.getTracks().filter((other) => other !== track);
    localStream.value = rest.length ? new MediaStream(rest) : null;
    fault.value = track.kind === "video" ? "camera_missing" : "microphone_missing";
  }

  async function open() {
    if (isOpening.peek()) return;
    close();
    isOpening.value = true;
    const mine = opening;
    const opened = await openDevices(choice.peek(), isMixer);
    if (mine !== opening) {
      for (const track of opened.tracks) track.stop(); // the seat went meanwhile
      return;
    }
    for (const track of opened.tracks) track.addEventListener("ended", () => dropTrack(track));
    localStream.value = opened.tracks.length ? new MediaStream(opened.tracks) : null;
    fault.value = opened.fault;
    isOpening.value = false;
    await list();
  }

  navigator.mediaDevices?.addEventListener?.("devicechange", () => {
    void list();
    // Plugged in again: no question is asked of somebody who has allowed it before.
    if (fault.peek() === "camera_missing" || fault.peek() === "microphone_missing") void open();
  });

  // Refused, then given in the browser's own dialogue: nobody has to find the button.
  for (const name of ["camera", "microphone"])
    navigator.permissions
      ?.query({ name: /** @type {PermissionName} */ (name) })
      .then((permission) =>
        permission.addEventListener("change", () => {
          if (permission.state === "granted" && fault.peek()?.endsWith("_refused")) void open();
        }),
      )
      .catch(() => {}); // a browser that does not tell

  return {
    localStream,
    fault,
    isOpening,
    devices,
    choice,
    camera,
    microphone,
    hasCamera,
    hasMicrophone,
    open,
    close,
    /** @param {Partial<DeviceChoice>} change */
    choose(change) {
      choice.value = { ...choice.peek(), ...change };
      try {
        localStorage.setItem(CHOICE_KEY, JSON.stringify(choice.peek()));
      } catch {
        // Kept for this page only.
      }
    },
  };
}
