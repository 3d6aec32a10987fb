/** Words that both desks use: persons, kinds of speech, lengths and times in minutes. */
import { computed } from "@preact/signals";
import { _ } from "../boot.js";
import { now } from "../clock.js";

/** @typedef {import("../types").RequestKind} RequestKind */
/** @typedef {import("../types").RollStatus} RollStatus */

/** Server time in steps of ten seconds: what counts in minutes need not be drawn four times a second. */
export const slowNow = computed(() => Math.floor(now.value / 10_000) * 10_000);

/**
 * A person's name with the role, or the role alone.
 * @param {{who: string, name: string | null}} person
 * @returns {string}
 */
export function personLine({ who, name }) {
  return name && name !== who ? `${name} – ${who}` : who;
}

/**
 * The kind of a speech where it says more than that somebody speaks.
 * @param {RequestKind} kind
 * @returns {string}
 */
export function kindWord(kind) {
  switch (kind) {
    case "point_of_order":
      return _("Ý kiến về thủ tục");
    case "reply":
      return _("Trả lời");
    case "prepared_speech":
      return _("Tham luận");
    default:
      return "";
  }
}

/**
 * @param {number} seconds
 * @returns {string} "5 phút", "7,5 phút" as "7 phút 30 giây"
 */
export function minutesWord(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return rest ? _("%(m)s phút %(s)s giây", { m: minutes, s: rest }) : _("%(n)s phút", { n: minutes });
}

/**
 * @param {string} since
 * @returns {string}
 */
export function waitingWord(since) {
  const minutes = Math.floor((slowNow.value - Date.parse(since)) / 60_000);
  return minutes < 1 ? _("Vừa đăng ký") : _("Chờ %(n)s phút", { n: minutes });
}

/**
 * @param {number} minutes
 * @returns {string}
 */
export function driftWord(minutes) {
  if (minutes > 0) return _("Chậm %(n)s phút", { n: minutes });
  if (minutes < 0) return _("Sớm %(n)s phút", { n: -minutes });
  return _("Đúng giờ");
}

/**
 * @param {RollStatus} status
 * @returns {string}
 */
export function rollWord(status) {
  switch (status) {
    case "present":
      return _("Có mặt");
    case "substitute":
      return _("Dự thay");
    case "excused":
      return _("Vắng có lý do");
    case "unexcused":
      return _("Vắng không lý do");
    default:
      return _("Chưa điểm danh");
  }
}
