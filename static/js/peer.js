/** One `RTCPeerConnection` to the media server: answers its offer, sends own tracks on the first m-lines, receives the buses. */

const SMALL_HEIGHT = 180;
const SMALL = { maxBitrate: 150_000, maxFramerate: 15 };
const FULL = { maxBitrate: 1_500_000, maxFramerate: 30 };
const PAPER = { maxBitrate: 2_000_000, maxFramerate: 15 };

/**
 * @param {{publishes: boolean, isPaper?: boolean, iceServers: RTCIceServer[], tracks: MediaStreamTrack[], onTrack: (bus: string, track: MediaStreamTrack) => void,
 *   onState: (state: RTCPeerConnectionState) => void}} options
 * @returns {import("./types").Peer}
 */
export function createPeer({ publishes, isPaper = false, iceServers, tracks, onTrack, onState }) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  /** @type {Partial<Record<string, RTCRtpSender>>} */
  const senders = {};
  let isDetailed = true;

  pc.addEventListener("track", ({ track, streams }) => {
    const bus = streams[0]?.id;
    if (bus) onTrack(bus, track);
  });
  pc.addEventListener("connectionstatechange", () => onState(pc.connectionState));

  /** @param {MediaStreamTrack[]} given */
  async function send(given) {
    for (const kind of ["audio", "video"]) {
      if (pc.signalingState === "closed") return; // it was left meanwhile
      const track = given.find((one) => one.kind === kind) ?? null;
      await senders[kind]?.replaceTrack(track);
    }
    await limitVideo();
  }

  async function limitVideo() {
    if (senders.video) await limit(senders.video, isDetailed, isPaper ? PAPER : FULL);
  }

  return {
    pc,
    /**
     * @param {string} offer
     * @returns {Promise<string>} the answer
     */
    async answer(offer) {
      await pc.setRemoteDescription({ type: "offer", sdp: offer });
      if (publishes)
        for (const transceiver of pc.getTransceivers().slice(0, 2)) {
          transceiver.direction = "sendonly";
          senders[transceiver.receiver.track.kind] = transceiver.sender;
        }
      await send(tracks);
      await pc.setLocalDescription();
      await this.setDetail(isDetailed); // Firefox takes limits only now
      return pc.localDescription?.sdp ?? "";
    },
    send,
    /**
     * Looks for a new path with the server's new credentials; what flows on the old one goes on meanwhile.
     * @param {string} offer
     */
    async restart(offer) {
      await pc.setRemoteDescription({ type: "offer", sdp: offer });
      await pc.setLocalDescription();
    },
    /**
     * The small picture always, the full one while it is looked at or soon will be: no renegotiation.
     * @param {boolean} isWanted
     */
    async setDetail(isWanted) {
      isDetailed = isWanted;
      await limitVideo();
    },
    close: () => pc.close(),
  };
}

/**
 * With two layers (`l`, `h`) the full one is switched; a browser with one sends that in either size.
 * @param {RTCRtpSender} sender
 * @param {boolean} isFull
 * @param {{maxBitrate: number, maxFramerate: number}} most
 */
async function limit(sender, isFull, most) {
  const parameters = sender.getParameters();
  const small = { ...SMALL, scaleResolutionDownBy: smallScale(sender.track) };
  const full = { ...most, scaleResolutionDownBy: 1 };
  const encodings = parameters.encodings ?? [];
  if (most === PAPER) parameters.degradationPreference = "maintain-resolution"; // sharp before smooth
  for (const encoding of encodings)
    if (encoding.rid === "h") Object.assign(encoding, full, { active: isFull });
    else Object.assign(encoding, isFull && encodings.length === 1 ? full : small);
  try {
    await sender.setParameters(parameters);
  } catch {
    // The browser keeps its own limits.
  }
}

/** How much smaller than the camera's picture the small one is. @param {MediaStreamTrack | null} track */
function smallScale(track) {
  const height = track?.getSettings().height ?? 4 * SMALL_HEIGHT;
  return Math.max(1, height / SMALL_HEIGHT);
}

/**
 * Round trip and bit rates; `before` is the last reading.
 * @param {RTCPeerConnection} pc
 * @param {{at: number, up: number, down: number} | null} before
 */
export async function readStats(pc, before) {
  const reading = { at: performance.now(), up: 0, down: 0 };
  let rtt = /** @type {number | null} */ (null);
  for (const report of (await pc.getStats()).values()) {
    if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined)
      rtt = Math.round(report.currentRoundTripTime * 1000);
    // Not the transport's own report: Firefox has none.
    if (report.type === "outbound-rtp") reading.up += (report.bytesSent ?? 0) + (report.headerBytesSent ?? 0);
    if (report.type === "inbound-rtp")
      reading.down += (report.bytesReceived ?? 0) + (report.headerBytesReceived ?? 0);
  }
  const ms = before ? reading.at - before.at : 0;
  const rate = (/** @type {number} */ bytes) => (ms > 0 ? Math.max(0, Math.round((bytes * 8) / ms)) : 0);
  const stats = {
    rtt_ms: rtt,
    up_kbps: rate(reading.up - (before?.up ?? reading.up)),
    down_kbps: rate(reading.down - (before?.down ?? reading.down)),
  };
  return { reading, stats };
}
