import { useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { countdown, now, remainingMs } from "../clock.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

/** @typedef {import("../types").Speech} Speech */
/** @typedef {"ok" | "warn" | "bad"} TimerKind */

const WARN_MS = 60000;

/**
 * @param {number} remaining ms
 * @returns {TimerKind}
 */
export function timerKind(remaining) {
  if (remaining <= -1000) return "bad";
  return remaining <= WARN_MS ? "warn" : "ok";
}

/** @type {Record<TimerKind, string>} */
export const TIMER_ICONS = { ok: "circle-check", warn: "triangle-alert", bad: "circle-alert" };

/** @param {TimerKind} kind */
export function timerWord(kind) {
  return { ok: _("Trong giờ"), warn: _("Sắp hết giờ"), bad: _("Quá giờ") }[kind];
}

/**
 * What the timer of a speech shows now: reading it in a component makes that component tick.
 * @param {Speech} speech
 */
export function readTimer(speech) {
  const remaining = remainingMs(speech, now.value);
  const kind = timerKind(remaining);
  const limit = speech.limit_seconds * 1000;
  const share = kind === "bad" ? limit : Math.max(0, Math.min(limit, remaining));
  return { remaining, kind, text: countdown(remaining), word: timerWord(kind), value: share, max: limit };
}

/**
 * Notices, asked at each tick, that a speech passes 1:00 (`warn`) or 0:00 (`bad`).
 * @returns {(speech: Speech) => TimerKind | null}
 */
export function createPassing() {
  let before = { id: 0, kind: /** @type {TimerKind | null} */ (null) };
  return (speech) => {
    const kind = timerKind(remainingMs(speech, now.value));
    const isPassing = before.id === speech.request_id && before.kind !== kind;
    before = { id: speech.request_id, kind };
    return isPassing ? kind : null;
  };
}

/**
 * The passing of 1:00 and of 0:00, as words for a screen reader; nothing in between.
 * @param {{speech: Speech | null}} props
 */
export function SpokenTimer({ speech }) {
  const words = useSignal("");
  const passing = useRef(createPassing());
  useSignalEffect(() => {
    const passed = speech && passing.current(speech);
    if (passed === "warn") words.value = _("Còn một phút");
    if (passed === "bad") words.value = _("Đã hết giờ");
  });
  return html`<span class="sr" aria-live="polite">${words.value}</span>`;
}

/**
 * The timer of a speech: a word, digits and a bar, in three colours. The frame around it belongs to the page.
 * @param {{speech: Speech, className?: string, label?: any, foot?: any, hasBar?: boolean}} props
 *   `label` stands left of the state word.
 */
export function Timer({ speech, className = "", label, foot, hasBar = true }) {
  const { kind, text, word, value, max } = readTimer(speech);
  const isStopped = speech.state === "paused" || speech.state === "held";
  const state = isStopped
    ? html`<${Icon} name="pause" />${_("Đang dừng")}`
    : html`<${Icon} name=${TIMER_ICONS[kind]} />${word}`;
  return html`<div
    class=${`timer is-${kind} ${className}`.trim()}
    role="timer"
    aria-label=${_("Thời gian phát biểu")}
    data-test="timer"
    data-state=${kind}
  >
    <p class="timer-head">${label && html`<span>${label}</span>`}<span class="timer-state">${state}</span></p>
    <p class="timer-digits" data-test="timer-digits">${text}</p>
    ${hasBar && html`<progress class=${`bar is-${kind}`} max=${max} value=${value} aria-label=${_("Còn lại")}></progress>`}
    ${foot && html`<p class="timer-foot">${foot}</p>`}
  </div>`;
}
