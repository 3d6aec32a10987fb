/**
 * The camera, the microphone and the loudspeaker of this page: opening and changing them, their faults, the choice kept per machine.
 *
 * A change opens the new device first and gives up the old one then, so that what is sent goes on without a gap. A device that is
 * unplugged gives way to another one, and is used again when it is plugged in again.
 */

import { computed, effect, signal } from "@preact/signals";
import { _ } from "./boot.js";
import { toast } from "./components/toasts.js";

/** @typedef {import("./types").DeviceFault} DeviceFault */
/** @typedef {import("./types").DeviceChoice} DeviceChoice */
/** @typedef {"camera" | "microphone"} Which */

/** @type {Record<Which, {track: "video" | "audio", device: MediaDeviceKind}>} */
const KINDS = {
  camera: { track: "video", device: "videoinput" },
  microphone: { track: "audio", device: "audioinput" },
};
const WHICH = /** @type {Which[]} */ (["microphone", "camera"]);

const STARTING_MS = 3000;
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
  const none = { camera: "", microphone: "", speaker: "", cancelsEcho: true };
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
 * Without echo cancelling nothing else touches the sound either: a room with a mixer of its own has done all that. One channel is
 * sent; the browser mixes two into one.
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
      channelCount: { ideal: 1 },
      echoCancellation: choice.cancelsEcho,
      noiseSuppression: choice.cancelsEcho && !isMixer,
      autoGainControl: choice.cancelsEcho && !isMixer,
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
    return { tracks: await started(wanted), fault: null };
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

/**
 * Rejects as the browser does; also for a device that fails in starting, which Chromium may give as a track that has ended.
 * @param {MediaStreamConstraints} wanted
 */
async function started(wanted) {
  const tracks = (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
  if (tracks.every((track) => track.readyState === "live")) return tracks;
  for (const track of tracks) track.stop();
  throw new DOMException("", "NotReadableError");
}

/** @param {MediaStreamConstraints} wanted */
async function openOne(wanted) {
  try {
    return { tracks: await started(wanted), error: "" };
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

/** The fault of one device. @param {Which} which @param {string} error its name */
const faultAt = (which, error) => (which === "camera" ? faultOf(error, "") : faultOf("", error));

/** @param {boolean} isMixer */
export function createDevices(isMixer) {
  const localStream = signal(/** @type {MediaStream | null} */ (null));
  const fault = signal(/** @type {DeviceFault | null} */ (null));
  const isOpening = signal(false);
  let opening = 0;
  const devices = signal(/** @type {MediaDeviceInfo[]} */ ([]));
  /** How devices are called that have been seen, also when they are gone. @type {Map<string, string>} */
  const names = new Map();
  const choice = signal(readChoice());
  const camera = signal(true);
  const microphone = signal(false);
  const hasCamera = computed(() => Boolean(localStream.value?.getVideoTracks().length));
  const hasMicrophone = computed(() => Boolean(localStream.value?.getAudioTracks().length));
  const turns = { camera: 0, microphone: 0 };
  /** What was in use, unchosen, when it was unplugged. */
  const unplugged = { camera: "", microphone: "" };
  /** The chosen loudspeaker while it is there, else the system's own. */
  const speaker = computed(() => {
    const outputs = devices.value.filter((device) => device.kind === "audiooutput" && device.deviceId);
    const chosen = choice.value.speaker;
    return outputs.length && !outputs.some((device) => device.deviceId === chosen) ? "" : chosen;
  });

  effect(() => {
    for (const track of localStream.value?.getVideoTracks() ?? []) track.enabled = camera.value;
    for (const track of localStream.value?.getAudioTracks() ?? []) track.enabled = microphone.value;
  });

  let wasSpeaker = choice.peek().speaker;
  effect(() => {
    const [now, chosen] = [speaker.value, choice.value.speaker];
    const name = names.get(chosen) || _("loa đã chọn");
    if (chosen && wasSpeaker === chosen && !now) toast(_("Đã rút %(name)s. Đang dùng loa mặc định.", { name }), { kind: "warn" });
    if (chosen && wasSpeaker === "" && now === chosen && names.has(chosen)) toldBack(name);
    wasSpeaker = now;
  });

  async function list() {
    const found = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    for (const device of found) if (device.label) names.set(device.deviceId, device.label);
    devices.value = found;
  }

  function close() {
    opening += 1;
    isOpening.value = false;
    const stream = localStream.peek();
    localStream.value = null;
    for (const track of stream?.getTracks() ?? []) track.stop();
  }

  /** @param {Which} which */
  function tracksOf(which) {
    return localStream.peek()?.getTracks().filter((track) => track.kind === KINDS[which].track) ?? [];
  }

  /** @param {Which} which */
  function isLive(which) {
    return tracksOf(which).some((track) => track.readyState === "live");
  }

  /** Puts `track`, or nothing, in the place of what is used now. @param {Which} which @param {MediaStreamTrack | null} track */
  function put(which, track) {
    const old = tracksOf(which);
    const rest = localStream.peek()?.getTracks().filter((other) => !old.includes(other)) ?? [];
    const all = track ? [...rest, track] : rest;
    if (track) watch(which, track);
    localStream.value = all.length ? new MediaStream(all) : null;
    for (const other of old) other.stop();
  }

  /** @param {Which} which @param {MediaStreamTrack} track */
  function watch(which, track) {
    const since = performance.now();
    track.addEventListener("ended", () => tracksOf(which).includes(track) && void fallBack(which, track, performance.now() - since));
  }

  /**
   * The device is gone: another one, or none; either is said.
   * @param {Which} which
   * @param {MediaStreamTrack} lost
   * @param {number} lasted_ms
   */
  async function fallBack(which, lost, lasted_ms) {
    const id = lost.getSettings().deviceId ?? "";
    await list();
    if (lasted_ms < STARTING_MS && devices.peek().some(({ deviceId }) => deviceId === id)) {
      put(which, null); // it is there and does not start: opened again, it would only fail again
      fault.value = faultAt(which, "NotReadableError");
      return;
    }
    if (!choice.peek()[which]) unplugged[which] = id;
    const other = await replace(which);
    if (other) {
      toast(_("Đã rút %(lost)s. Đang dùng %(other)s.", { lost: lost.label, other: other.label }), { kind: "warn" });
    } else if (tracksOf(which).includes(lost)) put(which, null);
  }

  /** @param {string} name */
  function toldBack(name) {
    toast(_("Đã cắm lại %(name)s, đang dùng lại.", { name }), { kind: "info" });
  }

  /**
   * Opens the chosen device, or another one when it is not there, and only then gives up what is used now.
   * @param {Which} which
   * @returns {Promise<MediaStreamTrack | null | undefined>} what is used from now on; null: none could be opened; undefined: another
   *   change came first
   */
  async function replace(which) {
    const mine = [opening, (turns[which] += 1)];
    const kind = KINDS[which].track;
    const wanted = choice.peek()[which] || unplugged[which];
    isOpening.value = true;
    let opened = await openOne({ [kind]: constraints({ ...choice.peek(), [which]: wanted }, isMixer)[kind] });
    if (wanted && !opened.tracks.length && /^(Overconstrained|NotFound)Error$/.test(opened.error))
      opened = await openOne({ [kind]: constraints({ ...choice.peek(), [which]: "" }, isMixer)[kind] });
    const [track] = opened.tracks;
    if (mine[0] !== opening || mine[1] !== turns[which]) {
      track?.stop();
      return undefined;
    }
    isOpening.value = false;
    if (!track) {
      const cause = faultAt(which, opened.error);
      if (!isLive(which)) fault.value = cause;
      else if (cause) toast(faultWords(cause).cause, { kind: "warn" });
      return null;
    }
    put(which, track);
    if (fault.peek()?.startsWith(which)) fault.value = null;
    await list();
    return track;
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
    for (const track of opened.tracks) watch(track.kind === "video" ? "camera" : "microphone", track);
    localStream.value = opened.tracks.length ? new MediaStream(opened.tracks) : null;
    fault.value = opened.fault;
    isOpening.value = false;
    await list();
  }

  /** All of them anew, what works without a gap. */
  async function reopen() {
    if (!localStream.peek()) return open();
    for (const which of WHICH) await replace(which);
  }

  /** What was unplugged is there again, or there is one where there was none. @param {Which} which */
  async function comeBack(which) {
    const wanted = choice.peek()[which] || unplugged[which];
    const there = devices.peek().filter((device) => device.kind === KINDS[which].device && device.deviceId);
    const [using] = tracksOf(which);
    const isBack = there.some((device) => device.deviceId === wanted) && using?.getSettings().deviceId !== wanted;
    if (using ? !isBack : !there.length || fault.peek() !== `${which}_missing`) return;
    const track = await replace(which);
    if (track && wanted && track.getSettings().deviceId === wanted) toldBack(track.label);
  }

  navigator.mediaDevices?.addEventListener?.("devicechange", async () => {
    await list();
    // Plugged in again: no question is asked of somebody who has allowed it before.
    if (!localStream.peek() && fault.peek()?.endsWith("_missing")) void open();
    else if (localStream.peek()) for (const which of WHICH) if (isLive(which) || !tracksOf(which).length) await comeBack(which);
  });

  // Refused, then given in the browser's own dialogue: nobody has to find the button.
  for (const name of ["camera", "microphone"])
    navigator.permissions
      ?.query({ name: /** @type {PermissionName} */ (name) })
      .then((permission) =>
        permission.addEventListener("change", () => {
          if (permission.state === "granted" && fault.peek()?.endsWith("_refused")) void reopen();
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
    speaker,
    names,
    open,
    reopen,
    close,
    /** @param {Partial<DeviceChoice>} change */
    async choose(change) {
      const before = choice.peek();
      keep({ ...before, ...change });
      for (const which of WHICH) {
        const isMeant = change[which] !== undefined || (which === "microphone" && change.cancelsEcho !== undefined);
        if (!isMeant) continue;
        unplugged[which] = "";
        if (!localStream.peek() && !fault.peek()) continue; // nothing is open, and nothing was tried
        // A browser gives what is open already as it is: for other processing it is stopped first, a moment of silence.
        if (change.cancelsEcho !== undefined) for (const track of tracksOf(which)) track.stop();
        const track = await replace(which);
        // What could not be opened is not kept, while the one before goes on.
        if (track === null && isLive(which)) keep({ ...choice.peek(), [which]: before[which] });
      }
    },
  };

  /** @param {DeviceChoice} chosen */
  function keep(chosen) {
    choice.value = chosen;
    try {
      localStorage.setItem(CHOICE_KEY, JSON.stringify(chosen));
    } catch {
      // Kept for this page only.
    }
  }
}
