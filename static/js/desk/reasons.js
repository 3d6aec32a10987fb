/**
 * Why a control cannot be used now, in words, or null when it can. Only what the parts already tell: the
 * server judges every command anyway, and its refusal is shown in its own words.
 */
import { _ } from "../boot.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */

/** @param {Desk} desk */
export function whyOffline(desk) {
  return desk.isUsable.value ? null : _("Đang mất kết nối với máy chủ.");
}

/**
 * The floor and the list move only between the opening of the doors and the closing, and not in a break.
 * @param {Desk} desk
 */
export function whyNotLive(desk) {
  const offline = whyOffline(desk);
  if (offline) return offline;
  switch (desk.conference.value?.status) {
    case "scheduled":
      return _("Chưa mở điểm cầu.");
    case "suspended":
      return _("Hội nghị đang tạm dừng.");
    case "adjourned":
      return _("Hội nghị đã bế mạc.");
    default:
      return null;
  }
}

/** @param {Desk} desk */
export function whyNotNext(desk) {
  const notLive = whyNotLive(desk);
  if (notLive) return notLive;
  if (!desk.queue.value.length) return _("Chưa có ai đăng ký phát biểu.");
  if (desk.next.value) return null;
  return desk.queue.value.some((entry) => entry.is_connected)
    ? _("Chế độ trình bày: hãy mời từng người.")
    : _("Chưa điểm cầu nào trong danh sách kết nối.");
}

/**
 * @param {Desk} desk
 * @param {WaitingRequest} entry
 */
export function whyNotGrant(desk, entry) {
  return whyNotLive(desk) ?? (entry.is_connected ? null : _("Điểm cầu mất kết nối."));
}

/**
 * @param {Desk} desk
 * @param {WaitingRequest} entry
 */
export function whyNotPrepare(desk, entry) {
  return whyNotGrant(desk, entry) ?? (entry.prepared_at ? _("Đã báo chuẩn bị.") : null);
}

/**
 * @param {Desk} desk
 * @param {import("../types").Speech | null} speech
 */
export function whyNotSpeech(desk, speech) {
  return whyNotLive(desk) ?? (speech ? null : _("Chưa có đại biểu phát biểu."));
}

/** @param {Desk} desk */
export function whyNotMuteAll(desk) {
  const areMuted = desk.holders.value.every((speech) => speech.paused_by.includes("muted"));
  return whyNotSpeech(desk, desk.floor.value) ?? (areMuted ? _("Micro đã tắt.") : null);
}

/**
 * Whether a point of order may be heard now: one at a time (rule 12).
 * @param {Desk} desk
 * @param {WaitingRequest} entry
 */
export function whyNotOrder(desk, entry) {
  const runs = desk.holders.value.some((speech) => speech.kind === "point_of_order");
  return whyNotGrant(desk, entry) ?? (runs ? _("Đang nghe một ý kiến về thủ tục khác.") : null);
}

/** @param {Desk} desk */
export function whyNotInvite(desk) {
  return whyNotLive(desk) ?? (desk.currentItem.value ? null : _("Chưa mở nội dung nào của chương trình."));
}

/** @param {Desk} desk */
export function whyNotChairSpeaks(desk) {
  return whyNotLive(desk) ?? (desk.stage.value?.is_chair_speaking ? _("Chủ trì đang phát biểu.") : null);
}
