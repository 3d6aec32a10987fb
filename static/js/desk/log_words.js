/** The journal in words: one line for each event, with an icon and a tone. */
import { _ } from "../boot.js";
import { clockTime, duration } from "../clock.js";
import { cardWord, rollWord } from "./words.js";

/** @typedef {import("../types").LogEntry} LogEntry */
/** @typedef {{site: string, who: string, topic: string, number: string, title: string, reason: string, mode: string, minutes: string, spoken: string, count: string, present: string, expected: string, card: string, language: string}} LogValues */
/** @typedef {{icon: string, tone: "" | "is-ok" | "is-warn" | "is-bad" | "is-gold", words: (values: LogValues) => string}} LogKind */

/** @type {Record<string, LogKind>} */
const KINDS = {
  doors_opened: { icon: "log-in", tone: "is-ok", words: () => _("Đã mở điểm cầu") },
  conference_convened: { icon: "play", tone: "is-ok", words: () => _("Khai mạc hội nghị") },
  conference_suspended: { icon: "pause", tone: "is-warn", words: () => _("Tạm dừng hội nghị") },
  conference_resumed: { icon: "play", tone: "is-ok", words: () => _("Hội nghị tiếp tục") },
  conference_adjourned: { icon: "circle-stop", tone: "is-ok", words: () => _("Bế mạc hội nghị") },
  item_opened: { icon: "skip-forward", tone: "is-gold", words: (v) => _("Chuyển sang mục %(number)s: %(title)s", v) },
  item_closed: { icon: "check", tone: "", words: (v) => _("Kết thúc mục %(number)s: %(title)s", v) },
  roll_marked: { icon: "user-check", tone: "", words: (v) => _("%(site)s điểm danh %(who)s", v) },
  head_count_reported: { icon: "users", tone: "", words: (v) => _("%(site)s báo sĩ số %(count)s", v) },
  roll_confirmed: { icon: "user-check", tone: "is-ok", words: (v) => _("%(site)s xác nhận điểm danh", v) },
  roll_call_started: { icon: "megaphone", tone: "is-gold", words: () => _("Bắt đầu mời các điểm cầu báo cáo điểm danh") },
  report_invited: { icon: "mic", tone: "is-gold", words: (v) => _("Mời %(site)s báo cáo điểm danh", v) },
  report_missed: { icon: "wifi-off", tone: "is-warn", words: (v) => _("%(site)s chưa có mặt khi được mời báo cáo", v) },
  roll_call_paused: { icon: "pause", tone: "", words: () => _("Tạm dừng mời báo cáo điểm danh") },
  roll_call_continued: { icon: "play", tone: "", words: () => _("Mời báo cáo điểm danh tiếp") },
  roll_call_ended: { icon: "circle-check", tone: "is-ok", words: () => _("Kết thúc mời báo cáo điểm danh") },
  roll_closed: { icon: "lock", tone: "is-ok", words: (v) => _("Chốt điểm danh: %(present)s/%(expected)s có mặt", v) },
  floor_requested: { icon: "hand", tone: "", words: (v) => _("%(site)s đăng ký phát biểu: %(who)s", v) },
  request_withdrawn: { icon: "undo-2", tone: "", words: (v) => _("%(site)s rút đăng ký: %(who)s", v) },
  request_deferred: { icon: "clock", tone: "", words: (v) => _("Để sau: %(site)s, %(who)s", v) },
  request_reinstated: { icon: "undo-2", tone: "", words: (v) => _("Hoàn tác: %(site)s, %(who)s lại chờ phát biểu", v) },
  request_declined: { icon: "x", tone: "is-warn", words: (v) => _("Từ chối đăng ký của %(site)s: %(who)s", v) },
  request_removed: { icon: "trash-2", tone: "is-warn", words: (v) => _("Xóa khỏi danh sách: %(site)s, %(who)s", v) },
  request_prepared: { icon: "bell", tone: "is-gold", words: (v) => _("Báo %(site)s chuẩn bị phát biểu", v) },
  request_unprepared: { icon: "bell", tone: "", words: (v) => _("Thôi báo chuẩn bị: %(site)s", v) },
  devices_confirmed: { icon: "circle-check", tone: "is-ok", words: (v) => _("%(site)s xác nhận hình và tiếng tốt", v) },
  floor_granted: { icon: "mic", tone: "is-gold", words: (v) => _("Mời %(site)s phát biểu: %(who)s", v) },
  went_on_air: { icon: "mic", tone: "is-gold", words: (v) => _("%(site)s bắt đầu phát biểu", v) },
  floor_released: { icon: "circle-stop", tone: "is-ok", words: (v) => _("%(site)s phát biểu xong sau %(spoken)s", v) },
  floor_revoked: {
    icon: "circle-stop",
    tone: "is-ok",
    words: (v) => _("Kết thúc lượt của %(site)s sau %(spoken)s", v),
  },
  floor_cut: {
    icon: "circle-stop",
    tone: "is-warn",
    words: (v) => _("Hết giờ: ngắt lượt của %(site)s sau %(spoken)s", v),
  },
  end_undone: { icon: "undo-2", tone: "is-warn", words: (v) => _("Hoàn tác kết thúc: %(site)s phát biểu tiếp", v) },
  grant_undone: { icon: "undo-2", tone: "is-warn", words: (v) => _("Hoàn tác lời mời: %(site)s lại chờ phát biểu", v) },
  microphone_taken: { icon: "mic", tone: "is-gold", words: (v) => _("%(site)s tự bật micro: %(who)s", v) },
  speech_extended: { icon: "plus", tone: "", words: (v) => _("Thêm %(minutes)s phút cho %(site)s", v) },
  speech_paused: { icon: "pause", tone: "is-warn", words: (v) => _("Tạm dừng lượt của %(site)s", v) },
  speech_continued: { icon: "play", tone: "", words: (v) => _("%(site)s phát biểu tiếp", v) },
  queue_reordered: { icon: "list-ordered", tone: "", words: () => _("Đổi thứ tự danh sách đăng ký phát biểu") },
  order_restored: { icon: "undo-2", tone: "", words: () => _("Hoàn tác: trả lại thứ tự danh sách đăng ký phát biểu") },
  mode_set: { icon: "settings", tone: "is-warn", words: (v) => _("Cách điều hành: %(mode)s", v) },
  open_microphones_set: { icon: "mic", tone: "is-warn", words: (v) => _("Số micro mở cùng lúc: %(count)s", v) },
  settings_changed: { icon: "settings", tone: "", words: () => _("Đổi thiết lập phát biểu") },
  item_limit_set: {
    icon: "clock",
    tone: "",
    words: (v) => _("Đổi thời lượng mỗi lượt của mục %(number)s", v),
  },
  quota_added: { icon: "plus", tone: "", words: (v) => _("Thêm %(minutes)s phút vào tổng thời gian của %(site)s", v) },
  queue_closed: { icon: "lock", tone: "", words: () => _("Đóng đăng ký phát biểu") },
  queue_opened: { icon: "hand", tone: "", words: () => _("Mở đăng ký phát biểu") },
  microphone_closed: { icon: "mic-off", tone: "", words: (v) => _("%(site)s tắt micro", v) },
  microphone_opened: { icon: "mic", tone: "", words: (v) => _("%(site)s bật micro", v) },
  chair_took_floor: { icon: "landmark", tone: "is-gold", words: () => _("Chủ trì phát biểu") },
  chair_yielded_floor: { icon: "landmark", tone: "", words: () => _("Chủ trì phát biểu xong") },
  site_admitted: { icon: "log-in", tone: "is-ok", words: (v) => _("Cho %(site)s vào hội nghị", v) },
  all_admitted: { icon: "log-in", tone: "is-ok", words: () => _("Cho tất cả điểm cầu vào hội nghị") },
  site_removed: { icon: "log-out", tone: "is-bad", words: (v) => _("Đưa %(site)s ra khỏi hội nghị", v) },
  entry_locked: { icon: "lock", tone: "is-warn", words: () => _("Khóa cửa hội nghị") },
  entry_unlocked: { icon: "door-open", tone: "", words: () => _("Mở khóa cửa hội nghị") },
  site_connected: { icon: "monitor", tone: "is-ok", words: (v) => _("%(site)s đã kết nối", v) },
  site_disconnected: { icon: "wifi-off", tone: "is-bad", words: (v) => _("%(site)s mất kết nối", v) },
  acting_chair_appointed: {
    icon: "user-check",
    tone: "is-warn",
    words: (v) => (v.who ? _("Ủy quyền điều hành cho %(who)s", v) : _("Ủy quyền điều hành cho thư ký")),
  },
  card_shown: { icon: "presentation", tone: "is-warn", words: (v) => _("Chiếu lên màn hình hội trường: %(card)s", v) },
  card_hidden: { icon: "monitor", tone: "", words: () => _("Màn hình hội trường trở lại hình hội nghị") },
  screen_language_set: { icon: "languages", tone: "", words: (v) => _("Màn hình hội trường: %(language)s", v) },
  gallery_shown: { icon: "layout-grid", tone: "is-warn", words: () => _("Chiếu toàn cảnh lên màn hình hội trường") },
  gallery_hidden: { icon: "monitor", tone: "", words: () => _("Thôi chiếu toàn cảnh lên màn hình hội trường") },
  share_offered: { icon: "screen-share", tone: "", words: (v) => _("%(site)s chia sẻ hình", v) },
  share_ended: { icon: "screen-share", tone: "", words: (v) => _("%(site)s ngừng chia sẻ hình", v) },
  share_shown: { icon: "presentation", tone: "is-warn", words: (v) => _("Chiếu hình chia sẻ của %(site)s", v) },
  share_hidden: { icon: "monitor", tone: "", words: () => _("Thôi chiếu hình chia sẻ") },
  acting_chair_dismissed: { icon: "user-check", tone: "", words: () => _("Thôi ủy quyền điều hành") },
};

/** @typedef {"speech" | "agenda" | "roll" | "line"} LogMatter */

/** What an entry is about, by how its event is called; whatever is not listed is of the speeches. @type {[RegExp, LogMatter][]} */
const MATTERS = [
  [/^(site_)/, "line"],
  [/^(roll_|head_count_|report_)/, "roll"],
  [/^(doors_|conference_|item_(opened|closed)|acting_chair_|card_|screen_|gallery_|share_)/, "agenda"],
];

/**
 * @param {LogEntry} entry
 * @returns {LogMatter}
 */
export function logMatter({ event, reason }) {
  if (/^speech_(paused|continued)$/.test(event) && reason === "line") return "line";
  return MATTERS.find(([form]) => form.test(event))?.[1] ?? "speech";
}

/**
 * An entry as the log shows it.
 * @param {LogEntry} entry
 * @param {(siteId: number) => string} siteName
 * @returns {{icon: string, tone: string, text: string, detail: string, actor: string}}
 */
export function logLine(entry, siteName) {
  const kind = KINDS[entry.event];
  const values = {
    site: entry.site_id == null ? "" : siteName(entry.site_id),
    who: entry.who ?? "",
    topic: entry.topic ?? "",
    number: String(entry.item_number ?? ""),
    title: entry.item_title ?? "",
    reason: entry.reason ?? "",
    mode: modeWord(entry.mode),
    minutes: String(Math.round((entry.seconds ?? 60) / 60)),
    spoken: duration(entry.spoken_ms ?? 0),
    count: String(entry.count ?? ""),
    present: String(entry.present ?? ""),
    expected: String(entry.expected ?? ""),
    card: entry.card ? cardWord(entry.card) : "",
    language: entry.language === "en" ? "English" : "Tiếng Việt",
  };
  if (!kind) return { icon: "info", tone: "", text: entry.event, detail: "", actor: actorWords(entry.actor) };
  const detail = detailOf(entry);
  return { icon: kind.icon, tone: kind.tone, text: kind.words(values), detail, actor: actorWords(entry.actor) };
}

/**
 * What stands behind the sentence: a reason given in words, the cause of a pause, the topic of a request.
 * @param {LogEntry} entry
 * @returns {string}
 */
function detailOf(entry) {
  if (entry.event === "speech_continued") return "";
  if (entry.event === "card_shown") return entry.words ?? "";
  if (entry.event === "floor_requested") return entry.topic ?? "";
  if (entry.event === "roll_marked" && entry.status)
    return [rollWord(entry.status), rollTimes(entry), entry.reason].filter(Boolean).join(", ");
  if (entry.event !== "speech_paused") return entry.reason ?? "";
  switch (entry.reason) {
    case "muted":
      return _("chủ trì ngắt micro");
    case "suspended":
      return _("hội nghị tạm dừng");
    case "chair":
      return _("chủ trì phát biểu");
    case "line":
      return _("mất đường truyền");
    case "paused":
      return _("chủ trì cho tạm dừng");
    case "point_of_order":
      return _("nghe ý kiến về thủ tục");
    default:
      return entry.reason ?? "";
  }
}

/** @param {LogEntry} entry */
const rollTimes = ({ came_at: came, left_at: left }) =>
  [came && _("đến %(time)s", { time: clockTime(came) }), left && _("về %(time)s", { time: clockTime(left) })]
    .filter(Boolean)
    .join(", ");

/**
 * How the floor is run.
 * @param {string} [mode]
 * @returns {string}
 */
export function modeWord(mode) {
  switch (mode) {
    case "fifo":
      return _("lần lượt theo danh sách");
    case "presentation":
      return _("trình bày");
    case "free_discussion":
      return _("thảo luận tự do");
    default:
      return _("chủ trì mời");
  }
}

/**
 * @param {LogEntry["actor"]} actor
 * @returns {string}
 */
function actorWords(actor) {
  switch (actor) {
    case "chair":
      return _("chủ trì");
    case "secretary":
      return _("thư ký");
    case "system":
      return _("tự động");
    default:
      return "";
  }
}
