/** What the presence of a site says, in words: line, picture, sound. */
import { _ } from "../boot.js";
import { duration } from "../clock.js";

/** @typedef {import("../types").SitePresence} SitePresence */
/** @typedef {{word: string, className: string, detail: string}} DeviceWords */

/**
 * @param {SitePresence | null} presence
 * @param {number | null} lostMs how long the line has been lost; null when it never was
 * @returns {{state: "online" | "connecting" | "lost" | "never", word: string}}
 */
export function lineWords(presence, lostMs) {
  const isHere = presence?.socket ?? false;
  const hasMedia = presence?.media ?? false;
  if (isHere && hasMedia) return { state: "online", word: _("Đã kết nối") };
  if (isHere) return { state: "connecting", word: _("Chưa có hình") };
  if (hasMedia) return { state: "connecting", word: _("Mất điều khiển") };
  if (lostMs === null) return { state: "never", word: _("Chưa kết nối") };
  return { state: "lost", word: _("Mất %(time)s", { time: duration(lostMs) }) };
}

/**
 * @param {SitePresence | null} presence
 * @returns {DeviceWords}
 */
export function pictureWords(presence) {
  if (presence?.encoder)
    return { word: _("Bộ mã hóa"), className: "t-ok", detail: _("Bộ mã hóa (WHIP) đang gửi thay máy trạm hội trường.") };
  switch (presence?.fault) {
    case "camera_refused":
      return fault(_("Bị chặn"), _("Trình duyệt không được phép dùng camera."));
    case "camera_busy":
      return fault(_("Đang bận"), _("Chương trình khác đang dùng camera."));
    case "camera_missing":
      return fault(_("Không có"), _("Máy không có camera."));
    case "insecure":
      return fault(_("Bị chặn"), _("Trang không mở bằng HTTPS nên không dùng được camera và micro."));
    default:
      return device(presence, presence?.camera ?? null);
  }
}

/**
 * @param {SitePresence | null} presence
 * @returns {DeviceWords}
 */
export function soundWords(presence) {
  switch (presence?.fault) {
    case "microphone_refused":
      return fault(_("Bị chặn"), _("Trình duyệt không được phép dùng micro."));
    case "microphone_missing":
      return fault(_("Không có"), _("Máy không có micro."));
    case "insecure":
      return fault(_("Bị chặn"), _("Trang không mở bằng HTTPS nên không dùng được camera và micro."));
    default:
      return device(presence, presence?.microphone ?? null);
  }
}

/**
 * @param {SitePresence | null} presence
 * @param {boolean | null} isOn
 * @returns {DeviceWords}
 */
function device(presence, isOn) {
  if (!presence?.media) return { word: "–", className: "muted", detail: "" };
  if (isOn === null) return { word: _("Chưa rõ"), className: "muted", detail: "" };
  return isOn ? { word: _("Đạt"), className: "t-ok", detail: "" } : { word: _("Tắt"), className: "t-warn", detail: "" };
}

/**
 * @param {string} word
 * @param {string} detail
 * @returns {DeviceWords}
 */
function fault(word, detail) {
  return { word, className: "t-bad", detail };
}
