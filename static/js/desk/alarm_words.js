/** An alarm in words: what is wrong, what to try, and what to write to the site. */
import { _ } from "../boot.js";

/** @typedef {import("../types").Alarm} Alarm */

/**
 * @param {Alarm} alarm
 * @param {(siteId: number) => string} siteName
 * @returns {{icon: string, title: string, advice: string}} `advice`: to the people at the site
 */
export function alarmWords({ kind, site_id, of_site_id }, siteName) {
  const site = siteName(site_id);
  if (kind === "silent")
    return {
      icon: "mic-off",
      title: _("Không nghe thấy tiếng của %(site)s", { site }),
      advice: _("Micro đang mở nhưng không có tiếng. Kiểm tra công tắc và dây của micro, đúng micro đã chọn, bàn trộn không tắt tiếng."),
    };
  if (kind === "frozen")
    return {
      icon: "video-off",
      title: _("Hình của %(site)s đứng", { site }),
      advice: _("Hội nghị không nhận được hình mới. Kiểm tra dây camera, tắt rồi bật lại camera, hoặc tải lại trang."),
    };
  return {
    icon: "volume-2",
    title: _("%(site)s làm vọng tiếng của %(other)s", { site, other: siteName(of_site_id ?? 0) }),
    advice: _("Tiếng loa lọt vào micro. Vặn nhỏ loa, đặt micro xa loa, hoặc tắt micro khi không nói."),
  };
}
