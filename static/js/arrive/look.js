/** Looks at the own picture and listens to the own microphones, and says what it finds. */

import { listen } from "../level.js";
import { finding, isAudible, isClipped, judgePicture, judgeSound } from "./judge.js";

/** @typedef {import("../types").Finding} Finding */

const LOOK_MS = 500;
const [WIDTH, HEIGHT] = [32, 18];
const STILL_DIFFERENCE = 0.2;
const SPOKEN_WITHIN_MS = 8000;
const TRY_MS = 1500;

/**
 * Until the answer is called.
 * @param {MediaStreamTrack} track
 * @param {(found: Finding) => void} tell
 */
export function watchPicture(track, tell) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  video.play().catch(() => {});
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let before = /** @type {Uint8ClampedArray | null} */ (null);
  let still = 0;
  const timer = setInterval(() => {
    if (!context || !video.videoWidth || !track.enabled || track.readyState !== "live") return;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
    let [sum, changed] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      sum += 0.3 * (data[i] ?? 0) + 0.59 * (data[i + 1] ?? 0) + 0.11 * (data[i + 2] ?? 0);
      if (before) changed += Math.abs((data[i + 1] ?? 0) - (before[i + 1] ?? 0));
    }
    const pixels = WIDTH * HEIGHT;
    still = before && changed / pixels < STILL_DIFFERENCE ? still + LOOK_MS / 1000 : 0;
    before = data;
    tell(
      judgePicture({
        width: video.videoWidth,
        height: video.videoHeight,
        fps: track.getSettings().frameRate ?? 30,
        brightness: sum / pixels,
        stillSeconds: still,
      }),
    );
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    video.srcObject = null;
  };
}

/**
 * Until the answer is called. `tell` gets null while nobody has spoken yet and there is still patience.
 * @param {MediaStreamTrack} track
 * @param {(found: Finding | null) => void} tell
 */
export function watchSound(track, tell) {
  const began = performance.now();
  let [loudest, peak, clipped] = [-127, -127, 0];
  /** @param {number} peak_db */
  const hearPeak = (peak_db) => {
    peak = Math.max(peak, peak_db);
    clipped = isClipped(peak_db) ? clipped + 1 : Math.max(0, clipped - 0.5); // one cough is no fault
  };
  let raw = /** @type {MediaStreamTrack | null} */ (null);
  const stops = [
    listen(track, (reading) => {
      loudest = Math.max(loudest, reading.level_db);
      if (!raw) hearPeak(reading.peak_db);
      tell(
        judgeSound({
          loudest_db: loudest,
          peak_db: peak,
          clipped,
          isPatient: performance.now() - began < SPOKEN_WITHIN_MS,
        }),
      );
    }),
  ];
  let isOver = false;
  void unprocessed(track).then((opened) => {
    if (isOver || !opened) return opened?.stop();
    raw = opened;
    stops.push(listen(opened, (reading) => hearPeak(reading.peak_db)), () => opened.stop());
  });
  return () => {
    isOver = true;
    for (const stop of stops) stop();
  };
}

/**
 * The same microphone once more, as it is: gain control turns down what the microphone itself has already cut off.
 * @param {MediaStreamTrack} track
 */
async function unprocessed(track) {
  const { deviceId, autoGainControl } = track.getSettings();
  if (!deviceId || !autoGainControl) return null;
  const audio = { deviceId: { exact: deviceId }, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  try {
    return (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks()[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * The chosen microphone is silent: does another one of this machine hear something?
 * @param {MediaDeviceInfo[]} devices
 * @param {string | undefined} chosen id of the silent one
 * @returns {Promise<Finding | null>}
 */
export async function tryOthers(devices, chosen) {
  const others = devices.filter(
    ({ kind, deviceId }) =>
      kind === "audioinput" && deviceId && !["default", "communications", chosen].includes(deviceId),
  );
  for (const { deviceId, label } of others) {
    const level = await loudnessOf(deviceId);
    if (isAudible(level)) return finding("warned", "other", { device: label.slice(0, 120) });
  }
  return null;
}

/** @param {string} deviceId */
async function loudnessOf(deviceId) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: deviceId } } });
    const [track] = stream.getAudioTracks();
    if (!track) return -127;
    let loudest = -127;
    const stop = listen(track, ({ level_db }) => (loudest = Math.max(loudest, level_db)));
    await new Promise((done) => setTimeout(done, TRY_MS));
    stop();
    track.stop();
    return loudest;
  } catch {
    return -127; // taken by another program, or gone
  }
}
