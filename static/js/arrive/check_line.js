/**
 * The way to the server and back, measured with real packets of sound and picture for ten seconds, and the echo test over the same way.
 * One end sends, the other receives the same picture; both on a side line, so nothing of it is seen or heard by anybody.
 */

import { drawnPicture } from "./drawn_picture.js";
import { finding, judgeLine } from "./judge.js";
import { takeEnd } from "./side_line.js";

/** @typedef {import("../types").Connection} Connection */
/** @typedef {import("../types").Finding} Finding */
/** @typedef {import("../types").Peer} Peer */

const CONNECT_MS = 12_000;
const MEASURE_SECONDS = 10;
const SETTLE_SECONDS = 2; // until then the browser is still finding its rate

/**
 * @param {Connection} connection
 * @param {MediaStream | null} stream
 */
export async function openCheckLine(connection, stream) {
  const opened = await connection.request("open_check");
  if (!opened.ok) return { failure: finding("failed", "blocked") };
  const tracks = (stream?.getAudioTracks() ?? []).map((track) => track.clone());
  for (const track of tracks) track.enabled = true; // nobody hears a side line
  const drawn = drawnPicture();
  tracks.push(drawn.track);
  /** @type {Map<string, RTCPeerConnectionState>} */
  const states = new Map();
  const [ends, sound] = [/** @type {Peer[]} */ ([]), new Audio()];
  const close = () => {
    for (const end of ends) end.close();
    for (const track of tracks) track.stop();
    drawn.stop();
    sound.srcObject = null;
    void connection.request("close_aside", { line: opened.line });
  };
  const take = async (/** @type {string} */ end, /** @type {MediaStreamTrack[] | undefined} */ given) => {
    const peer = await takeEnd(connection, {
      line: opened.line,
      end,
      tracks: given,
      onState: (state) => states.set(end, state),
      onTrack: (bus, track) => bus === "echo" && (sound.srcObject = new MediaStream([track])),
    });
    if (peer) ends.push(peer);
    return peer;
  };
  const [out, back] = [await take("out", tracks), await take("back", undefined)];
  const isUp = () => states.get("out") === "connected" && states.get("back") === "connected";
  if (!out || !back || !(await within(CONNECT_MS, isUp))) {
    const port = out ? await portOf(out) : 0;
    close();
    return { failure: finding("failed", "blocked", port ? { port } : {}) };
  }
  return {
    line: /** @type {string} */ (opened.line),
    sound,
    close,
    /** @param {(seconds: number) => void} tick how many seconds are still to go */
    async measure(tick) {
      let first = /** @type {Awaited<ReturnType<typeof read>> | null} */ (null);
      for (let left = MEASURE_SECONDS; left > 0; left -= 1) {
        tick(left);
        await new Promise((done) => setTimeout(done, 1000));
        if (!isUp()) return finding("failed", "interrupted");
        if (MEASURE_SECONDS - left + 1 === SETTLE_SECONDS) first = await read(out, back);
      }
      const counted = await connection.request("read_check", { line: opened.line });
      const last = await read(out, back);
      if (!first || !counted.ok) return finding("failed", "interrupted");
      return judgeLine(between(first, last, counted));
    },
  };
}

/**
 * @param {Awaited<ReturnType<typeof read>>} first
 * @param {Awaited<ReturnType<typeof read>>} last
 * @param {{loss_up: number | null}} counted by the server
 */
function between(first, last, counted) {
  const ms = last.at - first.at;
  const rate = (/** @type {number} */ bytes) => Math.max(0, Math.round((bytes * 8) / ms));
  const [received, lost] = [last.received - first.received, Math.max(0, last.lost - first.lost)];
  return {
    up_kbps: rate(last.up - first.up),
    down_kbps: rate(last.down - first.down),
    available_kbps: last.available_kbps,
    rtt_ms: last.rtt_ms,
    jitter_ms: last.jitter_ms,
    loss_up: counted.loss_up,
    loss_down: received + lost ? Math.round((lost / (received + lost)) * 10_000) / 10_000 : 0,
    protocol: last.protocol,
    port: last.port,
    seconds: MEASURE_SECONDS,
  };
}

/**
 * @param {Peer} out
 * @param {Peer} back
 */
async function read(out, back) {
  const reading = {
    at: performance.now(),
    up: 0,
    down: 0,
    received: 0,
    lost: 0,
    jitter_ms: 0,
    rtt_ms: /** @type {number | null} */ (null),
    available_kbps: /** @type {number | undefined} */ (undefined),
    ...(await wayOf(out)),
  };
  for (const report of (await out.pc.getStats()).values()) {
    if (report.type === "outbound-rtp") reading.up += (report.bytesSent ?? 0) + (report.headerBytesSent ?? 0);
    if (report.type !== "candidate-pair" || !report.nominated) continue;
    if (report.currentRoundTripTime !== undefined) reading.rtt_ms = Math.round(report.currentRoundTripTime * 1000);
    if (report.availableOutgoingBitrate) reading.available_kbps = Math.round(report.availableOutgoingBitrate / 1000);
  }
  for (const report of (await back.pc.getStats()).values()) {
    if (report.type !== "inbound-rtp" || report.kind !== "video") continue;
    reading.down += (report.bytesReceived ?? 0) + (report.headerBytesReceived ?? 0);
    reading.received += report.packetsReceived ?? 0;
    reading.lost += report.packetsLost ?? 0;
    reading.jitter_ms = Math.round((report.jitter ?? 0) * 1000);
  }
  return reading;
}

/** @param {Peer} peer */
async function wayOf(peer) {
  const stats = await peer.pc.getStats();
  const reports = [...stats.values()];
  const pair = reports.find((one) => one.type === "candidate-pair" && one.nominated);
  const local = reports.find((one) => one.id === pair?.localCandidateId);
  const remote = reports.find((one) => one.id === pair?.remoteCandidateId);
  const protocol = local?.candidateType === "relay" ? "relay" : local?.protocol === "tcp" ? "tcp" : "udp";
  return { protocol, port: remote?.port ?? 0 };
}

/** The port that the server's offer names, when no way was found. @param {Peer} peer */
async function portOf(peer) {
  const found = /a=candidate:\S+ 1 udp \d+ \S+ (\d+) /.exec(peer.pc.remoteDescription?.sdp ?? "");
  return Number(found?.[1] ?? 0);
}

/**
 * @param {number} ms
 * @param {() => boolean} isSo
 */
async function within(ms, isSo) {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await new Promise((done) => setTimeout(done, 100));
  }
  return true;
}
