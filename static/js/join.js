/**
 * Keeps one peer of this page joined. It joins when the line is up, the page may and the media process lives, and joins again by
 * itself, without a reload, when any of these comes back. The tracks of an old peer are the page's until those of the new one arrive.
 */

import { effect, signal, untracked } from "@preact/signals";
import { receivedOctets, watchPath } from "./path_watch.js";
import { createPeer } from "./peer.js";

const PATIENCE_MS = 5000; // a path that is "disconnected" is looked for anew, and given up after so long
const JOIN_MS = 10000;
const OFFER_MS = 2000; // a line to the server that does not answer in this time is as broken as the path
const BACK_OFF_MS = [300, 700, 1500, 3000, 5000];

/**
 * @param {import("./types").Connection} connection
 * @param {import("./types").JoinOptions} options
 */
export function createJoin(connection, { slot, mayJoin, sends, tracks, onTrack, onDrop }) {
  const state = signal(/** @type {import("./types").JoinState} */ ("off"));
  let peer = /** @type {ReturnType<typeof createPeer> | null} */ (null);
  let peerId = "";
  let peerEpoch = /** @type {string | null} */ (null);
  let isPeerSending = false;
  let isPathDoubtful = false;
  let octetsBefore = /** @type {number | null} */ (null);
  let isRestarting = false;
  let turn = 0;
  let failures = 0;
  let timer = 0;

  function drop() {
    turn += 1;
    clearTimeout(timer);
    peer?.close();
    peer = null;
    peerId = "";
    isPathDoubtful = false;
    onDrop?.();
  }

  /** Joins again after a pause that grows with each failure. */
  function rejoin() {
    drop();
    if (!mayJoin.peek()) {
      state.value = "off";
      return;
    }
    state.value = failures > BACK_OFF_MS.length ? "failed" : "joining";
    timer = window.setTimeout(join, BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)]);
    failures += 1;
  }

  async function join() {
    drop();
    if (!mayJoin.peek() || connection.status.peek() !== "online") return;
    const mine = turn;
    state.value = "joining";
    const willSend = sends.peek();
    const offer = await connection.request("join_media", { publishes: willSend, slot });
    if (mine !== turn) return;
    if (!offer.ok) return rejoin();
    const joined = createPeer({
      publishes: willSend,
      isPaper: slot === "paper",
      iceServers: offer.ice_servers,
      tracks: tracks(),
      onTrack,
      onState: (now) => mine === turn && takeState(now),
    });
    [peer, peerId, peerEpoch, isPeerSending] = [joined, offer.peer, offer.epoch, willSend];
    connection.noteMediaEpoch(offer.epoch);
    timer = window.setTimeout(rejoin, JOIN_MS);
    try {
      const sdp = await joined.answer(offer.sdp);
      if (mine !== turn) return;
      const answer = await connection.request("answer_media", { peer: peerId, sdp });
      if (mine === turn && !answer.ok) rejoin();
    } catch (error) {
      console.error("The media offer could not be answered.", error);
      if (mine === turn) rejoin();
    }
  }

  /** @param {RTCPeerConnectionState} now */
  function takeState(now) {
    if (now === "connected") {
      clearTimeout(timer);
      failures = 0;
      isPathDoubtful = false;
      state.value = "connected";
    }
    if (now === "disconnected") doubtPath(isPathDoubtful ? octetsBefore : null);
    if (now === "failed" || now === "closed") rejoin();
  }

  /** The path is broken or the network another: a new path for the same peer, so that pictures, sound and the turn stay. */
  async function restart() {
    if (!peer || !(isPathLost() || state.peek() === "connected")) return;
    clearTimeout(timer);
    // Without a line to the server the way is asked for when it is back.
    if (connection.status.peek() !== "online") return;
    const [mine, broken] = [turn, peer];
    if (isPathLost()) timer = window.setTimeout(rejoin, PATIENCE_MS);
    if (isRestarting) return;
    isRestarting = true;
    const noAnswer = window.setTimeout(() => mine === turn && connection.reconnectNow(), OFFER_MS);
    const offer = await connection.request("restart_media", { peer: peerId });
    clearTimeout(noAnswer);
    try {
      if (mine !== turn || offer.code === "connection_lost") return;
      if (!offer.ok) return rejoin();
      isPathDoubtful = false;
      if (await isHeardAgain(broken.pc)) return;
      await broken.restart(offer.sdp);
    } catch (error) {
      console.error("The path could not be renewed.", error);
      if (mine === turn) rejoin();
    } finally {
      isRestarting = false;
    }
  }

  /**
   * Whether it is lost turns out later; a new one is looked for now, or when the line to the server is back.
   * @param {number | null} octets received until it fell silent; null if the network is another one
   */
  function doubtPath(octets) {
    isPathDoubtful = peer !== null;
    octetsBefore = octets;
    void restart();
  }

  /** An outage that has ended: on a new path the browser would begin anew with little. @param {RTCPeerConnection} pc */
  async function isHeardAgain(pc) {
    return !isPathLost() && octetsBefore !== null && (await receivedOctets(pc)) !== octetsBefore;
  }

  function isPathLost() {
    return peer?.pc.connectionState === "disconnected";
  }

  effect(() => {
    const isReady = mayJoin.value && connection.status.value === "online";
    const epoch = connection.mediaEpoch.value;
    const willSend = sends.value;
    untracked(() => {
      if (!mayJoin.value) {
        if (peer || state.peek() !== "off") drop();
        state.value = "off";
        return;
      }
      if (!isReady) return; // the pictures go on while only the socket is away
      if (peer && epoch === peerEpoch && willSend === isPeerSending) {
        if (isPathLost() || isPathDoubtful) void restart();
        return;
      }
      failures = 0;
      void join();
    });
  });

  connection.on("media_closed", (message) => {
    if (message.peer === peerId) rejoin();
  });
  addEventListener("pagehide", () => peer?.close());
  addEventListener("online", () => doubtPath(null));
  watchPath(
    () => (isPeerSending && state.peek() === "connected" && peer?.pc.connectionState === "connected" ? peer.pc : null),
    doubtPath,
  );

  return {
    state,
    /** The peer of now, if any. */
    peer: () => peer,
    /** The peer of now if it sends. */
    sender: () => (isPeerSending ? peer : null),
  };
}
