/** What a weak line leaves of the pictures, and why, in sentences: for the page itself, and for the desk that looks after it. */
import { _ } from "../boot.js";
import { megabits } from "../words.js";

/** @typedef {Partial<import("../types").LinkFigures>} Figures */
/** @typedef {import("../types").Rung} Rung */

/** The server lets who is on the stage send this much and more (kb/s). */
const FULL_PICTURE_KBPS = 1000;

/** Less than this is no figure in megabits. */
const LEAST_KBPS = 100;

/** What comes of all pictures together. @param {Rung} rung */
function allWords(rung) {
  if (rung === "none") return _("chỉ còn tiếng, hình tạm ngừng");
  return rung === "still" ? _("đang xem ảnh tĩnh vài giây một lần, tiếng vẫn đủ") : _("đang xem hình nhỏ, tiếng vẫn đủ");
}

/** What comes of one picture while the others are better. @param {string} picture @param {Rung} rung */
function oneWords(picture, rung) {
  if (rung === "none") return _("%(picture)s tạm ngừng, tiếng vẫn đủ", { picture });
  return rung === "still"
    ? _("%(picture)s là ảnh tĩnh vài giây một lần, tiếng vẫn đủ", { picture })
    : _("%(picture)s là hình nhỏ, tiếng vẫn đủ", { picture });
}

/** What comes of two pictures while the third is better. @param {string[]} pictures @param {Rung} rung */
function twoWords([one, other], rung) {
  if (rung === "none") return _("%(one)s và %(other)s tạm ngừng, tiếng vẫn đủ", { one, other });
  return rung === "still"
    ? _("%(one)s và %(other)s là ảnh tĩnh vài giây một lần, tiếng vẫn đủ", { one, other })
    : _("%(one)s và %(other)s là hình nhỏ, tiếng vẫn đủ", { one, other });
}

/** @type {readonly Rung[]} */
const FROM_LEAST = ["none", "still", "small", "full"];

/**
 * The poorest pictures, and how poor; null while all are full. `pictures` names them, nobody where no other is better.
 * @param {Figures} figures
 * @returns {{rung: Rung, pictures: string[]} | null}
 */
export function poorest({ hall_rung, floor_rung, paper_rung }) {
  const named = [
    { rung: hall_rung, name: _("hình hội trường") },
    { rung: floor_rung, name: _("hình người phát biểu") },
    { rung: paper_rung, name: _("hình chia sẻ") },
  ].filter(({ rung }) => rung);
  const rung = FROM_LEAST.find((each) => named.some((one) => one.rung === each));
  if (!rung || rung === "full") return null;
  const poor = named.filter((one) => one.rung === rung);
  return { rung, pictures: poor.length < named.length ? poor.map(({ name }) => name) : [] };
}

/** @param {Figures} figures */
function poorestWords(figures) {
  const found = poorest(figures);
  if (!found) return null;
  const { rung, pictures } = found;
  if (!pictures.length) return allWords(rung);
  return pictures.length > 1 ? twoWords(pictures, rung) : oneWords(pictures[0], rung);
}

/** Why: what was found out of the line down. @param {Figures} figures */
function reasonDown({ room_by, room_kbps }) {
  if (room_by === "loss") return _("Đường truyền đang mất nhiều gói.");
  if (room_by === "delay") return _("Đường truyền đang nghẽn, gói đến chậm.");
  if (room_kbps === null || room_kbps === undefined) return "";
  if (room_kbps < LEAST_KBPS) return _("Đường truyền nhận được chưa đến 0,1 Mb/s.");
  return _("Đường truyền chỉ nhận được khoảng %(rate)s Mb/s.", { rate: megabits(room_kbps) });
}

/**
 * The line down: what is left of the pictures, the reason, and that nothing need be done; null while they are full.
 * @param {Figures} figures
 * @returns {{title: string, text: string} | null}
 */
export function weakDown(figures) {
  const left = poorestWords(figures);
  if (!left) return null;
  const text = [reasonDown(figures), _("Hình tự rõ lại khi đường truyền tốt lên.")].filter(Boolean).join(" ");
  return { title: _("Đường truyền yếu: %(left)s", { left }), text };
}

/**
 * The line up while the full picture is wanted: what the browser sends instead, and why; null while nothing limits it.
 * @param {Figures} figures
 * @returns {{title: string, text: string} | null}
 */
export function weakUp({ allowed_kbps, limited_by, width, height, up_kbps }) {
  if ((allowed_kbps ?? 0) < FULL_PICTURE_KBPS || !width || !height || limited_by === "other" || !limited_by) return null;
  const sent = _("Hội nghị đang nhận hình %(size)s, %(rate)s Mb/s.", { size: `${width}×${height}`, rate: megabits(up_kbps ?? 0) });
  return limited_by === "cpu"
    ? { title: _("Máy tính của điểm cầu chậm: hình gửi đi bị giảm"), text: sent }
    : { title: _("Đường gửi yếu: hình gửi đi bị giảm"), text: sent };
}

/** How much it may send, and why so much. @param {Figures} figures */
export function allowedWords({ allowed_kbps }) {
  if (!allowed_kbps) return "";
  const rate = megabits(allowed_kbps);
  return allowed_kbps < FULL_PICTURE_KBPS
    ? _("Máy chủ cho gửi đến %(rate)s Mb/s: chưa lên hình nên chỉ cần hình nhỏ.", { rate })
    : _("Máy chủ cho gửi đến %(rate)s Mb/s: điểm cầu đang hoặc sắp lên hình.", { rate });
}
