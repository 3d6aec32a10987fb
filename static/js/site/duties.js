/** What a site's page does by itself: the own track follows the floor, devices are confirmed when prepared, and the chimes. */

import { effect, untracked } from "@preact/signals";
import { _ } from "../boot.js";
import { chime } from "../chimes.js";
import { now } from "../clock.js";
import { createPassing } from "../components/timer.js";
import { toast } from "../components/toasts.js";
import { nextRequest, ownSpeech } from "./own-state.js";

/** @typedef {import("./page-context.js").PageContext} PageContext */

const CLOSE_TO_AIR_MS = 400;

/**
 * The own track is live only when the server forwards it, and already while prepared, so that the first syllable is not lost.
 * @param {PageContext} page
 */
function followFloor({ connection, media }) {
  effect(() => {
    const [part, own] = [connection.publicPart.value, connection.ownPart.value];
    if (!part || !own) return;
    const isHeard = part.stage.heard.includes(own.site_id);
    const isComing =
      ownSpeech(part, own)?.state === "warning" || Boolean(nextRequest(part, own)?.prepared_at);
    media.microphone.value = own.is_microphone_open ? isHeard || isComing : isComing;
  });
}

/**
 * Only what is looked at is sent in full size, on the server's word: the hall, the floor, and the next speaker, who is warmed up.
 * @param {PageContext} page
 */
function sendWhatIsSeen({ connection, media }) {
  effect(() => {
    const own = connection.ownPart.value;
    if (own) media.isDetailed.value = own.is_full_picture_wanted;
  });
}

/** @param {PageContext} page */
function confirmDevices({ connection, media }) {
  let confirmed = "";
  effect(() => {
    const [part, own] = [connection.publicPart.value, connection.ownPart.value];
    const isReady = media.hasCamera.value && media.hasMicrophone.value && media.state.value === "connected";
    if (
      !part ||
      !own ||
      !isReady ||
      connection.status.value !== "online" ||
      connection.seat.value?.state !== "held"
    )
      return;
    const request = own.requests.find(
      (one) => one.status === "waiting" && one.prepared_at && !one.is_devices_confirmed,
    );
    const key = request ? `${request.request_id}/${request.prepared_at}` : "";
    if (!request || key === confirmed) return;
    confirmed = key;
    untracked(async () => {
      const answer = await connection.command(
        "confirm_devices",
        { request_id: request.request_id },
        { quiet: true },
      );
      if (!answer.ok && confirmed === key) confirmed = "";
    });
  });
}

/** @param {PageContext} page */
function ringNext({ connection }) {
  let before = 0;
  effect(() => {
    const [part, own] = [connection.publicPart.value, connection.ownPart.value];
    if (!part || !own) return;
    const next = nextRequest(part, own);
    const id = next?.prepared_at ? next.request_id : 0;
    if (id && id !== before) chime("next");
    before = id;
  });
}

/** One note before the microphone opens, never after; then 1:00 and 0:00. @param {PageContext} page */
function ringSpeech({ connection }) {
  let announced = 0;
  const passing = createPassing();
  effect(() => {
    const [part, own] = [connection.publicPart.value, connection.ownPart.value];
    const speech = part && ownSpeech(part, own);
    if (!speech) return;
    if (speech.state === "warning" && speech.request_id !== announced) {
      announced = speech.request_id;
      if (Date.parse(speech.on_air_at) - now.peek() > CLOSE_TO_AIR_MS) chime("on_air");
    }
    const passed = speech.running_since && passing(speech);
    if (passed === "warn") chime("minute");
    if (passed === "bad") chime("over");
  });
}

/** A request that the desk declined or removed is told, with the reason: its row alone would be overlooked. @param {PageContext} page */
function tellRefusals({ connection }) {
  /** @type {Set<number> | null} */
  let told = null;
  effect(() => {
    const own = connection.ownPart.value;
    if (!own) return;
    const refused = own.requests.filter((one) => one.status === "declined" || one.status === "removed");
    const fresh = refused.filter((one) => told && !told.has(one.request_id));
    told = new Set(refused.map((one) => one.request_id));
    for (const { who, status, reason } of fresh) {
      const words =
        status === "declined"
          ? _("Không nhận đăng ký phát biểu của %(who)s.", { who })
          : _("Đã đưa %(who)s khỏi danh sách đăng ký phát biểu.", { who });
      const because = reason ? _("Lý do: %(reason)s", { reason }) : "";
      toast(`${words} ${because}`.trim(), { kind: "bad" });
    }
  });
}

/** The camera's lamp goes out at the end. @param {PageContext} page */
function stopAtEnd({ connection, media }) {
  effect(() => {
    if (connection.publicPart.value?.conference.status === "adjourned") untracked(() => media.stop());
  });
}

/** @param {PageContext} page */
export function takeUpDuties(page) {
  followFloor(page);
  sendWhatIsSeen(page);
  confirmDevices(page);
  ringNext(page);
  ringSpeech(page);
  tellRefusals(page);
  stopAtEnd(page);
}
