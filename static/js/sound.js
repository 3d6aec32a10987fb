/**
 * The sound of the buses: one `<audio>` element each, of which the page says which are heard. The further floor buses, for the further
 * speakers of a dialogue, go with the floor.
 */

import { signal } from "@preact/signals";

/** @typedef {import("./types").Bus} Bus */

/** @param {Bus} bus */
const named = (bus) => /** @type {Bus} */ (bus.replace(/\d$/, ""));

/** @param {Bus[]} heard */
export function createSound(heard) {
  const blocked = signal(false);
  /** @type {Map<Bus, HTMLAudioElement>} */
  const elements = new Map();
  let audible = new Set(heard);
  let speaker = "";

  /** @param {HTMLAudioElement} element */
  async function play(element) {
    try {
      await element.play();
      blocked.value = false;
    } catch (error) {
      if (/** @type {DOMException} */ (error).name === "NotAllowedError") blocked.value = true;
    }
  }

  /** @param {HTMLAudioElement} element */
  function direct(element) {
    const sink = /** @type {any} */ (element);
    if (speaker && sink.setSinkId) sink.setSinkId(speaker).catch(() => {});
  }

  return {
    blocked,
    /**
     * @param {Bus} bus
     * @param {MediaStreamTrack} track
     */
    attach(bus, track) {
      const element = elements.get(bus) ?? new Audio();
      elements.set(bus, element);
      element.srcObject = new MediaStream([track]);
      element.muted = !audible.has(named(bus));
      direct(element);
      if (!element.muted) void play(element);
    },
    /** @param {Bus[]} buses */
    setAudible(buses) {
      audible = new Set(buses);
      for (const [bus, element] of elements) {
        element.muted = !audible.has(named(bus));
        if (element.muted) element.pause();
        else if (element.paused) void play(element);
      }
      if (!audible.size) blocked.value = false;
    },
    unblock() {
      for (const element of elements.values()) if (!element.muted) void play(element);
    },
    /** @param {string} id of an audio output, "" for the system's own */
    setSpeaker(id) {
      speaker = id;
      for (const element of elements.values()) /** @type {any} */ (element).setSinkId?.(id).catch(() => {});
    },
  };
}
