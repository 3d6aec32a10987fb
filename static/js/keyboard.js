/** Single-letter keys of a page: ignored while somebody types, with a dialog that lists them. */

import { useEffect } from "preact/hooks";

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && Boolean(target.closest("input, select, textarea, [contenteditable]"));
}

/**
 * @param {Record<string, () => void>} keys by `event.key` in lower case, or "?"
 * @param {boolean} [isOn]
 */
export function useKeys(keys, isOn = true) {
  useEffect(() => {
    if (!isOn) return;
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const act = keys[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}

/** Enters or leaves full screen, where the browser has it. */
export function toggleFullScreen() {
  if (document.fullscreenElement) void document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
