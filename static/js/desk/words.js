/** Words that both desks use: persons, kinds of speech, drift, attendance. */
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

/**
 * What a card of the hall screen is called at the desk.
 * @param {import("../types").CardName} card
 * @returns {string}
 */
export function cardWord(card) {
  switch (card) {
    case "before":
      return _("Bảng tên hội nghị");
    case "break":
      return _("Giải lao");
    case "end":
      return _("Kết thúc");
  }
}
