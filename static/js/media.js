/**
 * The page's pictures and sound. It joins when the line is up, the seat is this tab's and the media process lives, and joins again by
 * itself, without a reload, when any of these comes back. The pictures of an old peer stay until those of the new one arrive.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { createDevices } from "./devices.js";
import { startLinkReports } from "./link_report.js";
import { createPeer, readStats } from "./peer.js";
import { createSound } from "./sound.js";

export { faultWords } from "./devices.js";

/** @typedef {import("./types").Bus} Bus */
/** @typedef {import("./types").BusTracks} BusTracks */

const PATIENCE_MS = 3000; // a path that is "disconnected" for longer is given up
const JOIN_MS = 10000;
const BACK_OFF_MS = [300, 700, 1500, 3000, 5000];
const STATS_MS = 2000;
const QUESTION_MS = 2000;

/** @returns {Record<Bus, BusTracks>} */
function noStreams() {
  const none = { video: null, audio: null };
  const further = { floor2: { ...none }, floor3: { ...none }, floor4: { ...none } };
  return { hall: { ...none }, floor: { ...none }, ...further, next: { ...none } };
}

/**
 * @param {import("./types").Connection} connection
 * @param {import("./types").MediaOptions} options
 * @returns {import("./types").Media}
 */
export function createMedia(connection, { publishes, audible = [], isMixer = false }) {
  const devices = createDevices(isMixer);
  const sound = createSound(audible);
  const streams = signal(noStreams());
  const state = signal(/** @type {"off" | "joining" | "connected" | "failed"} */ ("off"));
  const stats = signal(/** @type {import("./types").MediaStats | null} */ (null));
  const isStarted = signal(false);
  const isPrepared = signal(false);
  const isDetailed = signal(true);
  const isHolder = computed(() => connection.seat.value?.state === "held");
  const isSettled = signal(!publishes);
  const sends = computed(() => publishes && isHolder.value && devices.localStream.value !== null);
  const mayJoin = computed(() => {
    if (!isStarted.value || connection.mediaEpoch.value === null) return false;
    const seat = connection.seat.value?.state;
    return seat === "watching" || seat === "companion" || (seat === "held" && isSettled.value);
  });

  let peer = /** @type {ReturnType<typeof createPeer> | null} */ (null);
  let peerId = "";
  let peerEpoch = /** @type {string | null} */ (null);
  let isPeerSending = false;
  let isOpen = false;
  let turn = 0;
  let failures = 0;
  let timer = 0;
  let reading = /** @type {{at: number, up: number, down: number} | null} */ (null);

  function drop() {
    turn += 1;
    clearTimeout(timer);
    peer?.close();
    peer = null;
    peerId = "";
    stats.value = null;
    reading = null;
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
    const offer = await connection.request("join_media", { publishes: willSend });
    if (mine !== turn) return;
    if (!offer.ok) return rejoin();
    const joined = createPeer({
      publishes: willSend,
      iceServers: offer.ice_servers,
      tracks: devices.localStream.peek()?.getTracks() ?? [],
      onTrack: takeTrack,
      onState: (now) => mine === turn && takeState(now),
    });
    [peer, peerId, peerEpoch, isPeerSending] = [joined, offer.peer, offer.epoch, willSend];
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

  /**
   * @param {Bus} bus
   * @param {MediaStreamTrack} track
   */
  function takeTrack(bus, track) {
    const kind = track.kind === "audio" ? "audio" : "video";
    streams.value = { ...streams.peek(), [bus]: { ...streams.peek()[bus], [kind]: track } };
    if (kind === "audio") sound.attach(bus, track);
  }

  /** @param {RTCPeerConnectionState} now */
  function takeState(now) {
    if (now === "connected") {
      clearTimeout(timer);
      failures = 0;
      state.value = "connected";
    }
    if (now === "disconnected") {
      clearTimeout(timer);
      timer = window.setTimeout(rejoin, PATIENCE_MS);
    }
    if (now === "failed" || now === "closed") rejoin();
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
      if (peer && epoch === peerEpoch && willSend === isPeerSending) return;
      failures = 0;
      void join();
    });
  });

  effect(() => {
    const tracks = devices.localStream.value?.getTracks() ?? [];
    if (peer && isPeerSending) void peer.send(tracks);
  });

  effect(() => {
    const wanted = isDetailed.value;
    if (state.value === "connected") void peer?.setDetail(wanted);
  });

  // The camera is opened for the seat's holder only; without the seat its lamp goes out. A question of the browser that nobody
  // answers does not keep the conference's pictures back.
  effect(() => {
    const holds = publishes && (isStarted.value || isPrepared.value) && isHolder.value;
    untracked(() => {
      if (holds && !isOpen) {
        isOpen = true;
        void devices.open().then(() => (isSettled.value = true));
        setTimeout(() => (isSettled.value = true), QUESTION_MS);
      }
      if (!holds && isOpen && connection.seat.value) {
        isOpen = false;
        devices.close();
      }
    });
  });
  effect(() => sound.setAudible(isHolder.value || !publishes ? audible : []));

  effect(() => {
    if (!publishes || !isHolder.value || connection.status.value !== "online" || devices.isOpening.value)
      return;
    void connection.request("report_devices", {
      camera: devices.hasCamera.value && devices.camera.value,
      microphone: devices.hasMicrophone.value,
      fault: devices.fault.value,
    });
  });

  effect(() => sound.setSpeaker(devices.choice.value.speaker));

  connection.on("media_closed", (message) => {
    if (message.peer === peerId) rejoin();
  });
  addEventListener("pagehide", () => peer?.close());

  setInterval(async () => {
    if (!peer || state.peek() !== "connected") return;
    const mine = turn;
    const read = await readStats(peer.pc, reading);
    if (mine !== turn) return;
    if (reading) stats.value = read.stats;
    reading = read.reading;
  }, STATS_MS);

  if (publishes)
    startLinkReports(connection, () => (peer && isPeerSending && state.peek() === "connected" ? peer.pc : null));

  return {
    streams,
    localStream: devices.localStream,
    state,
    fault: devices.fault,
    isOpening: devices.isOpening,
    hasCamera: devices.hasCamera,
    hasMicrophone: devices.hasMicrophone,
    camera: devices.camera,
    microphone: devices.microphone,
    isDetailed,
    blocked: sound.blocked,
    stats,
    devices: devices.devices,
    choice: devices.choice,
    prepare() {
      isPrepared.value = true;
    },
    start() {
      isStarted.value = true;
    },
    async retryDevices() {
      await devices.open();
    },
    async chooseDevices(choice) {
      devices.choose(choice);
      if (choice.camera !== undefined || choice.microphone !== undefined) await devices.open();
    },
    setAudible(buses) {
      audible = buses;
      sound.setAudible(isHolder.peek() || !publishes ? audible : []);
    },
    unblock: sound.unblock,
    stop() {
      isStarted.value = false;
    },
  };
}
