/** One end of a side line (PROTOCOL.md): a connection of its own beside the conference's, which it never touches. */

import { createPeer } from "../peer.js";

/**
 * Takes an end. The answer's `closed` tells why there is no connection; `peer` is null then.
 * @param {import("../types").Connection} connection
 * @param {{line: string, end: string, tracks?: MediaStreamTrack[], onTrack?: (bus: string, track: MediaStreamTrack) => void,
 *   onState: (state: RTCPeerConnectionState) => void}} options
 * @returns {Promise<import("../types").Peer | null>}
 */
export async function takeEnd(connection, { line, end, tracks, onTrack = () => {}, onState }) {
  const offer = await connection.request("join_aside", { line, end });
  if (!offer.ok) return null;
  const peer = createPeer({
    publishes: tracks !== undefined,
    iceServers: offer.ice_servers,
    tracks: tracks ?? [],
    onTrack,
    onState,
  });
  try {
    const sdp = await peer.answer(offer.sdp);
    const answer = await connection.request("answer_aside", { line, peer: offer.peer, sdp });
    if (answer.ok) return peer;
  } catch (error) {
    console.error("The offer of a side line could not be answered.", error);
  }
  peer.close();
  return null;
}
