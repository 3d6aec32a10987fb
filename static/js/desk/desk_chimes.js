/**
 * What a desk hears: a tick when somebody asks for the floor; at the secretary a low tone when a site's line is lost; at the chair
 * a tone when the speech has one minute left, two when its time is over.
 */
import { effect, untracked } from "@preact/signals";
import { chime } from "../chimes.js";
import { createPassing } from "../components/timer.js";

/** @typedef {import("./desk.js").Desk} Desk */

const REST_MS = 1500; // many at once are one sound

/**
 * @param {Desk} desk
 * @param {{hearsLines: boolean, hearsTime: boolean}} options
 */
export function ringAtDesk(desk, { hearsLines, hearsTime }) {
  /** @type {Record<string, number>} */
  const rungAt = {};
  const ring = (/** @type {"request" | "lost"} */ name) => {
    if (Date.now() - (rungAt[name] ?? 0) < REST_MS) return;
    rungAt[name] = Date.now();
    chime(name);
  };

  let heardUpTo = -1;
  effect(() => {
    const entries = desk.connection.log.value;
    const newest = entries.at(-1)?.seq ?? 0;
    // What stands in the first snapshot is no news.
    if (heardUpTo >= 0)
      for (const { seq, event, actor } of entries) {
        if (seq <= heardUpTo) continue;
        if (event === "floor_requested" && actor === "site") ring("request");
        if (hearsLines && event === "site_disconnected") ring("lost");
      }
    if (entries.length || untracked(() => desk.connection.status.value === "online")) heardUpTo = Math.max(heardUpTo, newest);
  });

  /** @type {Set<string>} */
  let lost = new Set();
  effect(() => {
    const words = desk.connection.links.value;
    const now = new Set(Object.keys(words).filter((id) => words[id] === "lost"));
    if (hearsLines && heardUpTo >= 0) for (const id of now) if (!lost.has(id)) ring("lost");
    lost = now;
  });

  const passing = createPassing();
  effect(() => {
    const speech = desk.floor.value;
    const passed = hearsTime && speech?.running_since && passing(speech);
    if (passed === "warn") chime("minute");
    if (passed === "bad") chime("over");
  });
}
