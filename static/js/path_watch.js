/**
 * Tells when a page that sends hears nothing any more. The server answers each tenth of a second of what it gets, whatever is on
 * the stage: silence is a broken path. A browser itself calls a path broken after five seconds.
 */

const LOOK_MS = 500;
const SILENT_MS = 1500;
const FLOWING_LOOKS = 4; // what has not flowed before has not ended

/**
 * @param {() => RTCPeerConnection | null} sending the connection that sends and is connected, or null
 * @param {(octets: number) => void} onSilence told once for each silence what had been received
 */
export function watchPath(sending, onSilence) {
  let watched = /** @type {RTCPeerConnection | null} */ (null);
  let [octets, heardAt, flowingLooks] = [0, 0, 0];
  setInterval(async () => {
    const pc = sending();
    if (pc !== watched) [watched, flowingLooks] = [pc, 0];
    if (!pc) return;
    const now = performance.now();
    const received = await receivedOctets(pc);
    if (received !== octets) {
      [octets, heardAt] = [received, now];
      flowingLooks += 1;
    } else if (flowingLooks >= FLOWING_LOOKS && now - heardAt >= SILENT_MS) {
      flowingLooks = 0;
      onSilence(octets);
    }
  }, LOOK_MS);
}

/** By whatever path. @param {RTCPeerConnection} pc */
export async function receivedOctets(pc) {
  let octets = 0;
  for (const report of (await pc.getStats()).values())
    if (report.type === "candidate-pair") octets += report.bytesReceived ?? 0;
  return octets;
}
