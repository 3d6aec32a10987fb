/**
 * The parts a page holds, kept in step by sequence numbers. With `held` the number of a part: a change with `seq ≤ held` is old, one with
 * `prev ≤ held < seq` is taken over, and one with `prev > held` shows that something was missed: it waits for the snapshot that is
 * then asked for, because the server's threads may overtake each other.
 */

import { signal } from "@preact/signals";

/** @typedef {import("./types").Changes} Changes */
/** @typedef {import("./types").Snapshot} Snapshot */
/** @typedef {"public" | "own" | "desk"} PartName */

const AHEAD_LIMIT = 200;

/** @param {() => void} askSnapshot called when something was missed */
export function createParts(askSnapshot) {
  const values = {
    public: signal(/** @type {import("./types").PublicPart | null} */ (null)),
    own: signal(/** @type {import("./types").OwnPart | null} */ (null)),
    desk: signal(/** @type {import("./types").DeskPart | null} */ (null)),
  };
  /** @type {Record<PartName, number>} */
  const held = { public: -1, own: -1, desk: -1 };
  /** @type {Changes[]} */
  let ahead = [];

  /**
   * @param {Changes} message
   * @returns {boolean} whether it fits
   */
  function apply({ part, prev, seq, changes }) {
    if (!(part in values) || seq <= held[part]) return true;
    const current = values[part];
    if (prev > held[part] || !current.peek()) return false;
    current.value = /** @type {any} */ ({ ...current.peek(), ...changes });
    held[part] = seq;
    return true;
  }

  return {
    values,
    /** The number of what the page shows; -1 before the first snapshot. */
    heldSeq: () => Math.max(held.public, held.own, held.desk),
    /** @param {Changes} message */
    takeChanges(message) {
      if (apply(message)) return;
      ahead = [...ahead, message].slice(-AHEAD_LIMIT);
      askSnapshot();
    },
    /** @param {Snapshot} snapshot */
    takeSnapshot(snapshot) {
      for (const name of /** @type {PartName[]} */ (["public", "own", "desk"])) {
        const value = snapshot.parts?.[name];
        if (!value || snapshot.seq < held[name]) continue;
        held[name] = snapshot.seq;
        values[name].value = /** @type {any} */ (value);
      }
      const waiting = ahead;
      ahead = [];
      for (const message of waiting) if (!apply(message)) ahead.push(message);
      if (ahead.length) askSnapshot();
    },
    /** A new line begins with a snapshot of whatever number. */
    forget() {
      held.public = held.own = held.desk = -1;
      ahead = [];
    },
  };
}
