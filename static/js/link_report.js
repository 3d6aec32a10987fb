/** What a publishing page can measure of its own line and the server cannot: told to it by `report_link`. */

const REPORT_MS = 5000;
const SLACK_MS = 200;

/** @typedef {{at: number, frozen: Map<string, number>}} Frozen seconds of each received picture since it began */

/**
 * @param {RTCPeerConnection} pc
 * @param {Frozen | null} before the last measurement of this connection
 */
async function measure(pc, before) {
  /** @type {Frozen} */
  const reading = { at: performance.now(), frozen: new Map() };
  const report = {
    rtt_ms: /** @type {number | null} */ (null),
    width: /** @type {number | null} */ (null),
    height: /** @type {number | null} */ (null),
    fps: /** @type {number | null} */ (null),
    seen_width: /** @type {number | null} */ (null),
    seen_height: /** @type {number | null} */ (null),
    seen_fps: /** @type {number | null} */ (null),
    frozen_ms: 0,
    limited_by: /** @type {string | null} */ (null),
    is_relayed: false,
  };
  const stats = await pc.getStats();
  for (const stat of stats.values()) {
    if (stat.type === "candidate-pair" && stat.nominated && stat.state === "succeeded")
      report.is_relayed = stats.get(stat.localCandidateId)?.candidateType === "relay";
    if (stat.type === "candidate-pair" && stat.nominated && stat.currentRoundTripTime !== undefined)
      report.rtt_ms = Math.min(60000, Math.round(stat.currentRoundTripTime * 1000));
    if (stat.type === "outbound-rtp" && stat.kind === "video") {
      report.width = stat.frameWidth ?? null;
      report.height = stat.frameHeight ?? null;
      report.fps = stat.framesPerSecond === undefined ? null : Math.min(240, Math.round(stat.framesPerSecond));
      const limit = stat.qualityLimitationReason ?? "none";
      report.limited_by = limit === "none" ? null : limit;
    }
    // What is not sent on at the moment keeps its last size and has no frames: it is not seen.
    if (stat.type === "inbound-rtp" && stat.kind === "video" && stat.framesPerSecond && stat.frameWidth > (report.seen_width ?? 0)) {
      report.seen_width = stat.frameWidth;
      report.seen_height = stat.frameHeight;
      report.seen_fps = Math.min(240, Math.round(stat.framesPerSecond));
    }
    if (stat.type === "inbound-rtp" && stat.kind === "video" && stat.totalFreezesDuration !== undefined) {
      reading.frozen.set(stat.id, stat.totalFreezesDuration);
      const ms = before && (stat.totalFreezesDuration - (before.frozen.get(stat.id) ?? 0)) * 1000;
      // Longer than the time since: the bus had no picture in between, which is no freeze.
      if (before && ms && ms <= reading.at - before.at + SLACK_MS)
        report.frozen_ms = Math.max(report.frozen_ms, Math.min(10000, Math.round(ms)));
    }
  }
  return { reading, report };
}

/**
 * Reports every 5 s from the tab that publishes.
 * @param {import("./types").Connection} connection
 * @param {() => RTCPeerConnection | null} publishing the connection that sends, or null
 */
export function startLinkReports(connection, publishing) {
  let last = /** @type {RTCPeerConnection | null} */ (null);
  let before = /** @type {Frozen | null} */ (null);
  setInterval(async () => {
    const pc = publishing();
    if (pc !== last) [last, before] = [pc, null];
    if (!pc || connection.status.peek() !== "online") return;
    const { reading, report } = await measure(pc, before);
    if (pc !== publishing()) return;
    before = reading;
    void connection.request("report_link", report);
  }, REPORT_MS);
}
