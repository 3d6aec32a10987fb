/**
 * What this point shares besides its camera: its screen, or a second camera. The picture is taken when it is offered, and sent only
 * while it is shown (rule 42), on a peer of its own; full sharpness goes before smoothness.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { createJoin } from "./join.js";

/** @typedef {import("./types").ShareSource} ShareSource */

const FRAMES = { ideal: 10, max: 15 };
const always = signal(true);

export function canShareScreen() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

/** @param {ShareSource} source @param {string} camera @returns {Promise<MediaStream>} */
function take(source, camera) {
  if (source === "screen")
    return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: FRAMES }, audio: false });
  const video = { deviceId: { exact: camera }, width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: FRAMES };
  return navigator.mediaDevices.getUserMedia({ video });
}

/**
 * @param {import("./types").Connection} connection
 * @param {import("@preact/signals").ReadonlySignal<boolean>} mayJoin whether the page is in the conference
 * @returns {import("./types").OwnShare}
 */
export function createShare(connection, mayJoin) {
  const track = signal(/** @type {MediaStreamTrack | null} */ (null));
  const isTaking = signal(false);
  const told = computed(() => connection.ownPart.value?.share ?? null);
  const isShown = computed(() => Boolean(told.value?.is_shown));
  const sent = () => (isShown.peek() && track.peek() ? [/** @type {MediaStreamTrack} */ (track.peek())] : []);

  const join = createJoin(connection, {
    slot: "paper",
    mayJoin: computed(
      () => mayJoin.value && track.value !== null && told.value !== null && connection.mediaEpoch.value !== null,
    ),
    sends: always,
    tracks: sent,
    onTrack() {},
  });
  effect(() => {
    void [isShown.value, track.value];
    untracked(() => void join.sender()?.send(sent()));
  });

  function drop() {
    track.peek()?.stop();
    track.value = null;
  }

  // What the desk took away by removing the point, or the end of the conference, also ends the taking of the picture.
  let wasTold = false;
  effect(() => {
    const isTold = told.value !== null;
    if (wasTold && !isTold) untracked(drop);
    wasTold = isTold;
  });

  // An offer without a picture ends: one that was just stopped, or that of a page which is gone (a browser gives no screen again
  // without a click).
  effect(() => {
    const site_id = connection.ownPart.value?.site_id;
    const isMine = connection.seat.value?.state === "held" && connection.status.value === "online";
    if (isMine && told.value && !track.value)
      untracked(() => void connection.command("end_share", { site_id }, { quiet: true }));
  });

  return {
    track,
    told,
    isTaking,
    end: drop,
    async offer(source, camera = "") {
      const site_id = connection.ownPart.peek()?.site_id;
      if (site_id === undefined || isTaking.peek() || track.peek()) return "";
      isTaking.value = true;
      try {
        const taken = (await take(source, camera)).getVideoTracks()[0];
        if (!taken) return "missing";
        taken.contentHint = "detail";
        taken.addEventListener("ended", () => track.peek() === taken && drop());
        track.value = taken;
        const answer = await connection.command("offer_share", { site_id, source });
        if (!answer.ok) drop();
        return "";
      } catch (error) {
        const { name } = /** @type {DOMException} */ (error);
        return name === "NotAllowedError" || name === "AbortError" ? "refused" : "missing";
      } finally {
        isTaking.value = false;
      }
    },
  };
}
