/** The sixteen pictures of the gallery: a peer of their own, joined only while somebody on this page looks at them. */

import { computed, effect, signal } from "@preact/signals";
import { serverNow } from "./clock.js";
import { createJoin } from "./join.js";

const TILES = 16;
const never = signal(false);

/**
 * @param {import("./types").Connection} connection
 * @returns {import("./types").Tiles}
 */
export function createTiles(connection) {
  const isWanted = signal(false);
  const lostSince = signal(/** @type {Map<number, number>} */ (new Map()));
  const tracks = signal(/** @type {(MediaStreamTrack | null)[]} */ (Array(TILES).fill(null)));
  const mayJoin = computed(
    () =>
      isWanted.value && connection.mediaEpoch.value !== null && connection.seat.value?.state === "held",
  );
  const join = createJoin(connection, {
    slot: "tiles",
    mayJoin,
    sends: never,
    tracks: () => [],
    onTrack(bus, track) {
      const place = Number(bus.replace("tile-", "")) - 1;
      tracks.value = tracks.peek().map((old, index) => (index === place ? track : old));
    },
  });
  // Whoever was away before this page came has been so for an unknown time.
  let there = /** @type {number[]} */ ([]);
  effect(() => {
    const part = connection.publicPart.value;
    if (!part) return;
    const lost = new Map([...lostSince.peek()].filter(([id]) => !part.connected.includes(id)));
    for (const id of there) if (!part.connected.includes(id)) lost.set(id, serverNow());
    there = part.connected;
    lostSince.value = lost;
  });
  return { isWanted, tracks, lostSince, state: join.state };
}
