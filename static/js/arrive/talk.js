/** One end of a talk between a desk and a point: nobody else sees or hears it (PROTOCOL.md, side lines). */

import { signal } from "@preact/signals";
import { takeEnd } from "./side_line.js";

/**
 * @param {import("../types").Connection} connection
 * @param {"desk" | "site"} end
 */
export function createTalk(connection, end) {
  /** Null: there is none. `in` once both pages are at it. */
  const talk = signal(/** @type {{line: string, siteId: number, state: "asked" | "in", name: string} | null} */ (null));
  const picture = signal(/** @type {MediaStreamTrack | null} */ (null));
  const last = signal(/** @type {"" | "declined" | "ended"} */ (""));
  const sound = new Audio();
  let peer = /** @type {import("../types").Peer | null} */ (null);
  let tracks = /** @type {MediaStreamTrack[]} */ ([]);

  function drop() {
    peer?.close();
    for (const track of tracks) track.stop();
    [peer, tracks] = [null, []];
    picture.value = null;
    sound.srcObject = null;
    talk.value = null;
  }

  connection.on("talk", (message) => {
    const mine = talk.peek();
    if (message.state === "asked") {
      if (mine && mine.line !== message.line) drop();
      last.value = "";
      talk.value = { line: message.line, siteId: message.site_id, state: "asked", name: message.name || (mine?.name ?? "") };
      return;
    }
    if (mine?.line !== message.line) return;
    if (message.state === "accepted" && end === "desk") void join(tracks);
    if (message.state === "declined" || message.state === "ended") {
      last.value = message.state;
      drop();
    }
  });

  /** @param {MediaStreamTrack[]} given what is sent; the talk stops them when it ends */
  async function join(given) {
    const mine = talk.peek();
    if (!mine) return;
    tracks = given;
    for (const track of tracks) track.enabled = true;
    const taken = await takeEnd(connection, {
      line: mine.line,
      end,
      tracks,
      onState: (state) => state === "failed" && talk.peek()?.line === mine.line && leave(),
      onTrack(_bus, track) {
        if (track.kind === "video") picture.value = track;
        else {
          sound.srcObject = new MediaStream([track]);
          sound.play().catch(() => {});
        }
      },
    });
    if (!taken || talk.peek()?.line !== mine.line) {
      taken?.close();
      return leave();
    }
    peer = taken;
    talk.value = { ...mine, state: "in" };
  }

  function leave() {
    const line = talk.peek()?.line;
    drop();
    if (line) void connection.request("end_talk", { line });
  }

  return {
    talk,
    picture,
    last,
    leave,
    /**
     * The desk asks a point; its own camera and microphone are kept for the answer.
     * @param {number} siteId
     * @param {MediaStreamTrack[]} given
     */
    async ask(siteId, given) {
      tracks = given;
      const answer = await connection.request("talk_to", { site_id: siteId });
      if (!answer.ok) drop();
      return answer;
    },
    /** @param {MediaStreamTrack[]} given */
    async accept(given) {
      const line = talk.peek()?.line;
      if (!line) return;
      const answer = await connection.request("answer_talk", { line, is_accepted: true });
      if (answer.ok) await join(given);
      else drop();
    },
    decline() {
      const line = talk.peek()?.line;
      drop();
      if (line) void connection.request("answer_talk", { line, is_accepted: false });
    },
    setSpeaker(/** @type {string} */ id) {
      /** @type {any} */ (sound).setSinkId?.(id).catch(() => {});
    },
  };
}
