/** The chair's keyboard: single keys, ignored while typing or while a dialog is open; they can be switched off. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** @typedef {{act: () => void}} Shortcut */

const STORE = "dc-shortcuts-off";
const KEEPS_KEYS = "input, textarea, select, [contenteditable=true]";

/** Whether single letters act. */
export const areKeysOn = signal(localStorage.getItem(STORE) === null);

/** @param {boolean} isOn */
export function switchKeys(isOn) {
  areKeysOn.value = isOn;
  if (isOn) localStorage.removeItem(STORE);
  else localStorage.setItem(STORE, "1");
}

/**
 * The name of a key press, the same with every input method: "n", "shift+m", "+", "?", "ArrowUp".
 * @param {KeyboardEvent} event
 * @returns {string}
 */
export function keyName(event) {
  if (event.key === "+" || event.code === "NumpadAdd") return "+";
  if (event.key === "?") return "?";
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return (event.shiftKey ? "shift+" : "") + letter.toLowerCase();
  return event.key;
}

/**
 * Act on these keys wherever the focus is.
 * @param {Record<string, () => void>} keys by `keyName`
 */
export function useKeys(keys) {
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(KEEPS_KEYS) || document.querySelector("dialog[open]")) return;
      const name = keyName(event);
      const act = keys[name];
      if (!act || (!areKeysOn.value && name !== "?")) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });
}
