/** What a desk says of a speech that holds the floor. */
import { _ } from "../boot.js";

/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("./desk.js").Desk} Desk */

/**
 * Whose speeches have to end so that only `room` stay: those granted first (rule 16).
 * @param {Desk} desk
 * @param {number} room
 * @returns {Speech[]}
 */
export function surplusSpeeches(desk, room) {
  const speeches = desk.holders.value.filter((speech) => speech.kind !== "point_of_order");
  return speeches.slice(0, Math.max(0, speeches.length - room));
}

/** @param {Desk} desk @param {Speech[]} speeches */
export function siteNames(desk, speeches) {
  return [...new Set(speeches.map((speech) => desk.siteName(speech.site_id)))].join(", ");
}

/** Whether the chair has stopped it and lets it go on by a word. @param {Speech} speech */
export function isPausedByChair({ paused_by }) {
  return paused_by.includes("chair") || paused_by.includes("paused");
}

/**
 * @param {Speech} speech
 * @returns {string}
 */
export function stateWord(speech) {
  if (speech.state === "warning") return _("Chuẩn bị mở micro");
  if (speech.state === "held") return _("Lượt được giữ");
  if (speech.paused_by.includes("suspended")) return _("Hội nghị đang tạm dừng");
  if (speech.paused_by.includes("chair")) return _("Chủ trì đang phát biểu");
  if (speech.paused_by.includes("point_of_order")) return _("Nhường ý kiến về thủ tục");
  if (speech.paused_by.includes("paused")) return _("Chủ trì cho tạm dừng");
  if (speech.paused_by.includes("muted")) return _("Đã ngắt micro");
  if (speech.kind === "point_of_order") return _("Ý kiến về thủ tục");
  if (speech.kind === "reply") return _("Đang trả lời");
  return _("Đang phát biểu");
}

/** @param {Speech} speech */
export function iconOf({ state, kind }) {
  if (state !== "speaking" && state !== "warning") return "mic-off";
  return kind === "point_of_order" ? "flag" : "mic";
}
