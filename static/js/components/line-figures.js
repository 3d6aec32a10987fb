/** The figures of a line in words, and what happened to it. */
import { _, boot } from "../boot.js";
import { megabits } from "../words.js";
import { poorest } from "./weak-line.js";

/** @typedef {import("../types").LinkFigures} LinkFigures */
/** @typedef {import("../types").LineKind} LineKind */

const percent = new Intl.NumberFormat(boot.lang, { style: "percent", maximumFractionDigits: 1 });
const seconds = new Intl.NumberFormat(boot.lang, { maximumFractionDigits: 1 });

const SEEN_LOSS = 0.0005;
const SEEN_FROZEN_MS = 100;
const NO_SOUND_DB = -120;

/**
 * What is known, most telling first; an empty list when nothing was measured.
 * @param {Partial<LinkFigures>} figures
 * @returns {string[]}
 */
export function figureWords(figures) {
  const { rtt_ms, loss_up, loss_down, up_kbps, down_kbps, width, height, fps, frozen_ms, level_db } = figures;
  const { seen_width, seen_height, seen_fps } = figures;
  const words = [];
  if (typeof rtt_ms === "number") words.push(_("%(n)s ms", { n: rtt_ms }));
  if ((loss_up ?? 0) >= SEEN_LOSS) words.push(_("mất gói gửi %(share)s", { share: percent.format(loss_up ?? 0) }));
  if ((loss_down ?? 0) >= SEEN_LOSS) words.push(_("mất gói nhận %(share)s", { share: percent.format(loss_down ?? 0) }));
  if (up_kbps) words.push(_("gửi %(rate)s Mb/s", { rate: megabits(up_kbps) }));
  if (down_kbps) words.push(_("nhận %(rate)s Mb/s", { rate: megabits(down_kbps) }));
  if (width && height) words.push(_("hình gửi %(picture)s", { picture: pictureWords(width, height, fps) }));
  if (seen_width && seen_height)
    words.push(_("hình nhận %(picture)s", { picture: pictureWords(seen_width, seen_height, seen_fps) }));
  const rungs = rungWords(figures);
  if (rungs) words.push(rungs);
  if ((frozen_ms ?? 0) >= SEEN_FROZEN_MS)
    words.push(_("đứng hình %(n)s giây", { n: seconds.format((frozen_ms ?? 0) / 1000) }));
  if (figures.path === "tcp") words.push(_("qua TCP (mạng chặn UDP)"));
  if (figures.path === "turn") words.push(_("qua máy chuyển tiếp TURN"));
  if (figures.limited_by === "cpu") words.push(_("máy tính chậm"));
  if (figures.limited_by === "bandwidth") words.push(_("mạng hẹp"));
  // A microphone that is off is no news; one that should be on is an incident of its own.
  if (typeof level_db === "number" && level_db > NO_SOUND_DB) words.push(_("tiếng %(n)s dB", { n: `−${-level_db}` }));
  return words;
}

/**
 * What the line leaves of the pictures it receives, in a few words; "" while they are full.
 * @param {Partial<LinkFigures>} figures
 */
function rungWords(figures) {
  const found = poorest(figures);
  if (!found) return "";
  const pictures = found.pictures.join(", ");
  if (found.rung === "none") return pictures ? _("%(pictures)s: tạm ngừng", { pictures }) : _("chỉ nhận tiếng");
  if (found.rung === "still") return pictures ? _("%(pictures)s: ảnh tĩnh", { pictures }) : _("chỉ nhận ảnh tĩnh");
  return pictures ? _("%(pictures)s: hình nhỏ", { pictures }) : _("chỉ nhận hình nhỏ");
}

/** @param {number} width @param {number} height @param {number | null | undefined} fps */
function pictureWords(width, height, fps) {
  const rate = typeof fps === "number" ? _("%(n)s hình/giây", { n: fps }) : "";
  return [`${width}×${height}`, rate].filter(Boolean).join(" ");
}

/**
 * An incident as one line: mark, tone, word. The four words of quality are drawn by `LinkWord`.
 * @param {Exclude<LineKind, import("../types").QualityWord>} kind
 * @returns {{icon: string, tone: string, word: string}}
 */
export function incidentWords(kind) {
  switch (kind) {
    case "connected":
      return { icon: "log-in", tone: "is-ok", word: _("Đã kết nối") };
    case "left":
      return { icon: "log-out", tone: "is-bad", word: _("Rời hội nghị") };
    case "silent":
      return { icon: "mic-off", tone: "is-warn", word: _("Đang phát biểu nhưng không có tiếng") };
    case "audible":
      return { icon: "mic", tone: "is-ok", word: _("Đã có tiếng") };
    case "frozen":
      return { icon: "video-off", tone: "is-warn", word: _("Hình đứng") };
    case "moving":
      return { icon: "video", tone: "is-ok", word: _("Hình chạy trở lại") };
    case "echo":
      return { icon: "volume-2", tone: "is-warn", word: _("Làm vọng tiếng") };
    case "echo_over":
      return { icon: "volume-x", tone: "is-ok", word: _("Hết vọng tiếng") };
    case "lowered":
      return { icon: "video-off", tone: "is-warn", word: _("Giảm hình vì đường truyền yếu") };
    case "restored":
      return { icon: "video", tone: "is-ok", word: _("Hình rõ trở lại") };
  }
}
