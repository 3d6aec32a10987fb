/**
 * What a site's page says about its own site: one banner at a time, the most urgent one (bad > floor > next > warn > info > muted).
 * Nothing is decided here; the server's parts and this device's faults are put into one word.
 */

import { remainingMs } from "../clock.js";
import { seenSpeech } from "../words.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").OwnPart} OwnPart */
/** @typedef {import("../types").OwnRequest} OwnRequest */
/** @typedef {import("../types").Speech} Speech */

/**
 * @typedef {"seat_lost" | "link_revoked" | "occupied" | "watching" | "reporting" | "reporting_closed" | "warning" | "muted_by_chair" | "paused_suspended" | "paused_chair" | "paused" | "held"
 *   | "on_air" | "on_air_closed" | "next" | "next_fault" | "weak" | "fault" | "suspended" | "adjourned" | "doors_closed" | "doors_open" | "interrupted"
 *   | "spoken" | "queued" | "hall_open" | "hall_closed" | "muted"} OwnWord
 */

/**
 * @param {PublicPart} part
 * @param {OwnPart | null} own
 * @returns {Speech | null} the speech of this site that holds the floor; of several, the one granted last
 */
export function ownSpeech(part, own) {
  return (own && part.holders.findLast((speech) => speech.site_id === own.site_id)) || null;
}

/**
 * Whether this site is the one that is seen.
 * @param {PublicPart} part
 * @param {OwnPart | null} own
 */
export function isOwnFloor(part, own) {
  return own !== null && seenSpeech(part)?.site_id === own.site_id;
}

/**
 * How long the first of the own requests of the current item will still wait, if everybody takes the time he has; null without one.
 * @param {PublicPart} part
 * @param {OwnPart | null} own
 * @param {number} at ms of server time
 */
export function expectedWaitMs(part, own, at) {
  const mine = new Set(waitingRequests(own).map((request) => request.request_id));
  const entry = part.queue.find((one) => mine.has(one.request_id));
  if (!entry) return null;
  const rest = part.floor ? Math.max(0, remainingMs(part.floor, at)) : 0;
  return rest + entry.wait_seconds * 1000;
}

/** @param {OwnPart | null} own */
export function waitingRequests(own) {
  return (own?.requests ?? []).filter((request) => request.status === "waiting");
}

/**
 * The own request that is next: prepared, or first of the current item's list.
 * @param {PublicPart} part
 * @param {OwnPart | null} own
 * @returns {OwnRequest | undefined}
 */
export function nextRequest(part, own) {
  const waiting = waitingRequests(own).filter((request) => request.item_id === part.current_item_id);
  return waiting.find((request) => request.prepared_at) ?? waiting.find((request) => request.place === 1);
}

/**
 * The best place this site has in the current item's list.
 * @param {PublicPart} part
 * @param {OwnPart | null} own
 */
export function placeInQueue(part, own) {
  const places = waitingRequests(own)
    .filter((request) => request.item_id === part.current_item_id && request.place)
    .map((request) => request.place ?? 0);
  return places.length ? { place: Math.min(...places), of: part.queue.length } : null;
}

/**
 * @param {Speech} speech
 * @returns {OwnWord}
 */
function speechWord(speech) {
  if (speech.state === "warning") return "warning";
  if (speech.state === "held") return "held";
  if (speech.paused_by.includes("suspended")) return "paused_suspended";
  if (speech.paused_by.includes("muted")) return "muted_by_chair";
  if (speech.paused_by.includes("point_of_order")) return "interrupted";
  if (speech.paused_by.includes("chair")) return "paused_chair";
  if (speech.state === "paused") return "paused";
  return speech.is_microphone_open ? "on_air" : "on_air_closed";
}

/** @type {Partial<Record<import("../types").ConferencePart["status"], OwnWord>>} */
const STATUS_WORDS = { scheduled: "doors_closed", suspended: "suspended", adjourned: "adjourned" };

/**
 * @param {{part: PublicPart, own: OwnPart | null, seat: import("../types").Seat | null, fault: string | null, isHall: boolean,
 *   hasJustSpoken: boolean, isWeak: boolean}} input
 * @returns {OwnWord}
 */
export function ownWord({ part, own, seat, fault, isHall, hasJustSpoken, isWeak }) {
  if (seat?.state === "lost") return seat.lost_reason === "link_revoked" ? "link_revoked" : "seat_lost";
  if (seat?.state === "occupied") return "occupied";
  if (seat?.state === "watching") return "watching";
  const speech = ownSpeech(part, own);
  const status = part.conference.status;
  if (status === "adjourned") return "adjourned";
  if (speech) return speechWord(speech);
  if (own && part.reporting_site_id === own.site_id)
    return own.is_microphone_open ? "reporting" : "reporting_closed";
  if (isHall && own && !own.is_microphone_open && status === "convened") return "hall_closed";
  const next = status === "suspended" ? undefined : nextRequest(part, own);
  if (next) return fault ? "next_fault" : "next";
  if (fault) return "fault";
  const byStatus = STATUS_WORDS[status];
  if (byStatus) return byStatus;
  if (hasJustSpoken) return "spoken";
  if (status === "doors_open") return "doors_open";
  if (isHall) return "hall_open"; // its microphone is open: that counts more than a place in the list
  if (isWeak) return "weak";
  return placeInQueue(part, own) ? "queued" : "muted";
}
