/** Short sounds. All but *on air* can be muted on this device. */

import { signal } from "@preact/signals";

const KEY = "diem-cau.sounds";

/** @typedef {"next" | "on_air" | "minute" | "over" | "tick" | "request" | "lost"} Chime */

/** Notes: frequency in Hz, start and length in seconds, loudness. @type {Record<Chime, [number, number, number, number][]>} */
const NOTES = {
  next: [
    [659, 0, 0.22, 0.12],
    [880, 0.24, 0.34, 0.12],
  ],
  on_air: [[880, 0, 0.3, 0.16]],
  minute: [[740, 0, 0.35, 0.1]],
  over: [
    [587, 0, 0.25, 0.12],
    [587, 0.35, 0.35, 0.12],
  ],
  tick: [[1200, 0, 0.05, 0.06]],
  request: [[1200, 0, 0.05, 0.06]],
  lost: [[220, 0, 0.4, 0.12]],
};

export const isMuted = signal(read());

function read() {
  try {
    return localStorage.getItem(KEY) === "off";
  } catch {
    return false;
  }
}

/** @param {boolean} muted */
export function muteChimes(muted) {
  isMuted.value = muted;
  try {
    localStorage.setItem(KEY, muted ? "off" : "on");
  } catch {
    // Kept for this page only.
  }
}

/** The sounds that this device keeps quiet one by one. */
export const quiet = signal(readQuiet());

/** @returns {string[]} */
function readQuiet() {
  try {
    return (localStorage.getItem(`${KEY}.quiet`) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

/**
 * @param {Chime} name
 * @param {boolean} isQuiet
 */
export function quieten(name, isQuiet) {
  quiet.value = [...quiet.peek().filter((one) => one !== name), ...(isQuiet ? [name] : [])];
  try {
    localStorage.setItem(`${KEY}.quiet`, quiet.peek().join(" "));
  } catch {
    // Kept for this page only.
  }
}

let context = /** @type {AudioContext | null} */ (null);

/** @param {Chime} name */
export function chime(name) {
  if ((isMuted.peek() || quiet.peek().includes(name)) && name !== "on_air") return;
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const [frequency, start, length, loudness] of NOTES[name])
      note(context, frequency, start, length, loudness);
  } catch {
    // A device without sound output.
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency
 * @param {number} start
 * @param {number} length
 * @param {number} loudness
 */
function note(audio, frequency, start, length, loudness) {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const from = audio.currentTime + start;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(loudness, from + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, from + length);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(from);
  oscillator.stop(from + length + 0.05);
}
