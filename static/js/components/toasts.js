/** Short notices, bottom left: 6 s, 8 s with *undo*; a fault stays until closed. */

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { _ } from "../boot.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

/** @typedef {{undo?: () => void, kind?: "ok" | "info" | "warn" | "bad"}} ToastOptions */
/** @typedef {{id: number, text: string, options: ToastOptions, ends: number | null}} Toast */

const ICONS = { ok: "circle-check", info: "info", warn: "triangle-alert", bad: "circle-alert" };
const SHOWN_MS = 6000;
export const UNDO_MS = 8000;
const LIMIT = 4;

const shown = signal(/** @type {Toast[]} */ ([]));
let last = 0;

/** @param {number} id */
function close(id) {
  shown.value = shown.peek().filter((entry) => entry.id !== id);
}

/**
 * @param {string} text
 * @param {ToastOptions} [options]
 * @returns {() => void} takes it away before its time
 */
export function toast(text, options = {}) {
  const length = options.undo ? UNDO_MS : SHOWN_MS;
  const id = (last += 1);
  const ends = options.kind === "bad" ? null : Date.now() + length;
  const others = shown.peek().filter((entry) => entry.text !== text);
  shown.value = [...others, { id, text, options, ends }].slice(-LIMIT);
  if (ends) setTimeout(() => close(id), length);
  return () => close(id);
}

/** @param {{ends: number}} props */
function Seconds({ ends }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  return html`<span class="num" aria-hidden="true"
    >${Math.max(0, Math.ceil((ends - Date.now()) / 1000))}</span
  >`;
}

/** The place where toasts appear: once per page. */
export function Toasts() {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${shown.value.map(
      ({ id, text, options, ends }) =>
        html`<div key=${id} class=${`toast is-${options.kind ?? "ok"}`} data-test="toast">
          <${Icon} name=${ICONS[options.kind ?? "ok"]} />
          <span class="grow">${text}</span>
          ${
            options.undo &&
            html`<button
              type="button"
              class="btn is-small is-ghost"
              data-test="undo"
              onClick=${() => (close(id), options.undo?.())}
            >
              <${Icon} name="undo-2" />${_("Hoàn tác")} ${ends && html`<${Seconds} ends=${ends} />`}
            </button>`
          }
          ${
            !ends &&
            html`<button
              type="button"
              class="btn is-icon is-ghost"
              aria-label=${_("Đóng thông báo")}
              onClick=${() => close(id)}
            >
              <${Icon} name="x" />
            </button>`
          }
        </div>`,
    )}
  </div>`;
}
