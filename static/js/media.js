/**
 * The page's pictures and sound: those of the conference, and of its own devices.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { createDevices } from "./devices.js";
import { startLinkReports } from "./link_report.js";
import { createJoin } from "./join.js";
import { readStats } from "./peer.js";
import { createSound } from "./sound.js";

export { faultWords } from "./devices.js";

/** @typedef {import("./types").Bus} Bus */
/** @typedef {import("./types").BusTracks} BusTracks */

const STATS_MS = 2000;
const QUESTION_MS = 2000;

/** @returns {Record<Bus, BusTracks>} */
function noStreams() {
  const none = { video: null, audio: null };
  const further = { floor2: { ...none }, floor3: { ...none }, floor4: { ...none } };
  return { hall: { ...none }, floor: { ...none }, ...further, next: { ...none }, paper: { ...none } };
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

  let isOpen = false;
  let reading = /** @type {{at: number, up: number, down: number} | null} */ (null);
  const stage = createJoin(connection, {
    slot: "stage",
    mayJoin,
    sends,
    tracks: () => devices.localStream.peek()?.getTracks() ?? [],
    onTrack: takeTrack,
    onDrop() {
      stats.value = null;
      reading = null;
    },
  });

  /**
   * @param {string} name
   * @param {MediaStreamTrack} track
   */
  function takeTrack(name, track) {
    const bus = /** @type {Bus} */ (name);
    const kind = track.kind === "audio" ? "audio" : "video";
    streams.value = { ...streams.peek(), [bus]: { ...streams.peek()[bus], [kind]: track } };
    if (kind === "audio") sound.attach(bus, track);
  }

  effect(() => {
    const tracks = devices.localStream.value?.getTracks() ?? [];
    void stage.sender()?.send(tracks);
  });

  effect(() => {
    const wanted = isDetailed.value;
    if (stage.state.value === "connected") void stage.peer()?.setDetail(wanted);
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

  effect(() => sound.setSpeaker(devices.speaker.value));

  setInterval(async () => {
    const peer = stage.peer();
    if (!peer || stage.state.peek() !== "connected") return;
    const read = await readStats(peer.pc, reading);
    if (peer !== stage.peer()) return;
    if (reading) stats.value = read.stats;
    reading = read.reading;
  }, STATS_MS);

  if (publishes)
    startLinkReports(connection, () => (stage.state.peek() === "connected" ? (stage.sender()?.pc ?? null) : null));

  return {
    streams,
    localStream: devices.localStream,
    state: stage.state,
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
    deviceNames: devices.names,
    prepare() {
      isPrepared.value = true;
    },
    start() {
      isStarted.value = true;
    },
    async retryDevices() {
      await devices.reopen();
    },
    chooseDevices: devices.choose,
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
