/**
 * The server's clock on this page. The device's own clock may be minutes off, so times are counted from the fastest of several
 * `read_clock` answers on the browser's monotonic clock; an answer that took `d` is at most `d/2` wrong.
 */

import { computed, signal } from "@preact/signals";
import { boot } from "./boot.js";

/** Server time (ms epoch) minus `performance.now()`; until the first answer the device's own clock. */
const base = signal(Date.now() - performance.now());

/** How far the server is ahead of this device's clock, in ms. */
export const clock_offset_ms = computed(() => Math.round(base.value + performance.now() - Date.now()));

/** Server time in ms, ticking four times a second: for timers and clocks. */
export const now = signal(Date.now());

/** @returns {number} the server's time in ms since the epoch */
export function serverNow() {
  return base.peek() + performance.now();
}

/** Whoever wants the clock set anew: after a sleep the monotonic clock may have stood still. @type {(() => void)[]} */
const onWakes = [];

/** @param {() => void} listener */
export function onWake(listener) {
  onWakes.push(listener);
}

const SLEPT_MS = 1500;
let gap = Date.now() - performance.now();

/** A device that slept, or whose clock was set: one of its two clocks has jumped against the other. Which one, the server tells. */
function noticeSleep() {
  const jumped = Date.now() - performance.now() - gap;
  if (Math.abs(jumped) < SLEPT_MS) return;
  gap += jumped;
  for (const wake of onWakes) wake();
}

setInterval(() => {
  noticeSleep();
  now.value = serverNow();
}, 250);

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  for (const wake of onWakes) wake();
});

/**
 * A first estimate from any message that carries the server's time.
 * @param {string} iso
 */
export function noteServerTime(iso) {
  const time = Date.parse(iso);
  if (!Number.isNaN(time)) setBase(time - performance.now());
}

/** @param {number} value */
function setBase(value) {
  base.value = value;
  now.value = serverNow();
}

/**
 * Takes the offset from the fastest of several answers.
 * @param {(event: string, payload: Record<string, unknown>) => Promise<any>} request
 */
export async function syncClock(request) {
  let best = { took: Infinity, base: 0 };
  for (let sample = 0; sample < 5; sample += 1) {
    const sent = performance.now();
    const answer = await request("read_clock", {});
    const received = performance.now();
    const time = Date.parse(answer?.server_time);
    if (Number.isNaN(time)) return;
    if (received - sent < best.took)
      best = { took: received - sent, base: time + (received - sent) / 2 - received };
  }
  setBase(best.base);
}

const clockFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: boot.timezone || "Asia/Ho_Chi_Minh",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const dateFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: boot.timezone || "Asia/Ho_Chi_Minh",
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
});

/**
 * "09:24" in the conference's time zone.
 * @param {string | number | null | undefined} time ISO 8601 or ms
 */
export function clockTime(time) {
  const date = new Date(time ?? NaN);
  return Number.isNaN(date.getTime()) ? "" : clockFormat.format(date);
}

/**
 * The next time the conference's clock shows `time` ("09:45", also "9h45" or "945"), in ms of server time; NaN when it is no time of day.
 * @param {string} time
 * @param {number} [at]
 */
export function nextTime(time, at = now.value) {
  const minutes = (/** @type {string} */ text) => {
    const [, hour, minute] = /^\s*(\d{1,2})\s*[:hg.]?\s*(\d{2})\s*$/i.exec(text) ?? [];
    return Number(hour) < 24 && Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : NaN;
  };
  const wanted = minutes(time);
  if (Number.isNaN(wanted)) return NaN;
  const ahead = (wanted - minutes(clockTime(at)) + 1440) % 1440 || 1440;
  return Math.floor(at / 60000 + ahead) * 60000;
}

/**
 * The last time the conference's clock showed `time`, as `nextTime` reads it.
 * @param {string} time
 * @param {number} [at]
 */
export function lastTime(time, at = now.value) {
  const next = nextTime(time, at);
  return next - at > 0 && next - 86_400_000 <= at ? next - 86_400_000 : next;
}

/**
 * The day in the conference's time zone, as numbers without leading zeros.
 * @param {string | number} time
 * @returns {{day: number, month: number, year: number}}
 */
export function dateOf(time) {
  const parts = dateFormat.formatToParts(new Date(time));
  const read = (/** @type {string} */ type) => Number(parts.find((part) => part.type === type)?.value);
  return { day: read("day"), month: read("month"), year: read("year") };
}

/**
 * "02:47"; hours only when there are any ("1:02:47").
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours ? `${hours}:` : ""}${pad(minutes)}:${pad(seconds % 60)}`;
}

/**
 * Remaining time: "02:47" down to "00:00", then overtime upwards: "+00:38".
 * @param {number} ms
 */
export function countdown(ms) {
  return ms > -1000 ? duration(Math.ceil(ms / 1000) * 1000) : `+${duration(-ms)}`;
}

/**
 * How long a speech has run at server time `at` (ms).
 * @param {{spoken_ms: number, running_since: string | null}} speech
 * @param {number} [at]
 */
export function spokenMs(speech, at = now.value) {
  const since = speech.running_since ? Date.parse(speech.running_since) : NaN;
  return speech.spoken_ms + (Number.isNaN(since) ? 0 : Math.max(0, at - since));
}

/**
 * How long a speech may still run; negative is overtime.
 * @param {{spoken_ms: number, running_since: string | null, limit_seconds: number}} speech
 * @param {number} [at]
 */
export function remainingMs(speech, at = now.value) {
  return speech.limit_seconds * 1000 - spokenMs(speech, at);
}
