/** What a check has found, in words: the cause and the remedy of every code (PROTOCOL.md, `checks`). */

import { _ } from "../boot.js";
import { faultWords } from "../devices.js";
import { decimal, megabits } from "../words.js";

/** @typedef {import("../types").Finding} Finding */
/** @typedef {import("../types").CheckPart} CheckPart */
/** @typedef {{cause: string, remedy?: string}} Words */

/** @type {Record<CheckPart, {icon: string, title: () => string}>} */
export const PARTS = {
  camera: { icon: "camera", title: () => _("Camera") },
  microphone: { icon: "mic", title: () => _("Micro") },
  speaker: { icon: "volume-2", title: () => _("Loa và tivi") },
  echo: { icon: "refresh-cw", title: () => _("Nghe lại tiếng của mình") },
  network: { icon: "activity", title: () => _("Đường truyền") },
  clock: { icon: "clock", title: () => _("Đồng hồ máy tính") },
  browser: { icon: "monitor", title: () => _("Trình duyệt") },
};

/** @type {Record<import("../types").Verdict, {tone: string, icon: string, word: () => string}>} */
export const VERDICTS = {
  open: { tone: "info", icon: "circle-help", word: () => _("Chưa kiểm tra") },
  passed: { tone: "ok", icon: "check", word: () => _("Đạt") },
  warned: { tone: "warn", icon: "circle-help", word: () => _("Cần xem lại") },
  failed: { tone: "bad", icon: "x", word: () => _("Không đạt") },
};

/** @param {Finding["figures"]} figures */
function picture({ width, height, fps }) {
  return _("%(width)s×%(height)s, %(fps)s hình/giây.", { width: width ?? "–", height: height ?? "–", fps: fps ?? "–" });
}

/** @param {Finding["figures"]} figures */
function line(figures) {
  const { up_kbps, down_kbps, rtt_ms, loss_up = 0, loss_down = 0 } = figures;
  const way = { udp: _("UDP"), tcp: _("TCP"), relay: _("qua máy chuyển tiếp (TURN)") }[
    String(figures.protocol)
  ];
  const measured = _("Lên %(up)s Mb/s · xuống %(down)s Mb/s · trễ %(rtt)s ms · mất gói %(loss)s %", {
    up: megabits(Number(up_kbps ?? 0)),
    down: megabits(Number(down_kbps ?? 0)),
    rtt: rtt_ms ?? "–",
    loss: decimal(Math.max(Number(loss_up), Number(loss_down)) * 100),
  });
  const port = figures.port && way ? _("%(way)s, cổng %(port)s", { way, port: figures.port }) : way;
  return port ? `${measured} · ${port}` : measured;
}

/** @param {number} ms how far the machine is ahead */
function offset(ms) {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const much = seconds < 120 ? _("%(n)s giây", { n: seconds }) : _("%(n)s phút", { n: Math.round(seconds / 60) });
  return ms > 0 ? _("Nhanh %(much)s so với máy chủ.", { much }) : _("Chậm %(much)s so với máy chủ.", { much });
}

/** @type {Record<string, (figures: Finding["figures"]) => Words>} */
const WORDS = {
  browser_good: () => ({ cause: _("Trình duyệt dùng được.") }),
  browser_old: () => ({
    cause: _("Trình duyệt đã cũ."),
    remedy: _("Cập nhật trình duyệt, hoặc dùng Chrome, Edge hay Firefox bản mới."),
  }),
  browser_insecure: () => faultWords("insecure"),
  browser_no_media: () => ({
    cause: _("Trình duyệt không truyền được hình và tiếng."),
    remedy: _("Dùng Chrome, Edge hay Firefox bản mới."),
  }),
  camera_good: (figures) => ({ cause: `${picture(figures)} ${_("Đủ sáng.")}` }),
  camera_dark: (figures) => ({
    cause: `${picture(figures)} ${_("Hình tối.")}`,
    remedy: _("Bật thêm đèn phía trước đại biểu, mở nắp che ống kính."),
  }),
  camera_bright: (figures) => ({
    cause: `${picture(figures)} ${_("Hình quá sáng.")}`,
    remedy: _("Kéo rèm, đừng để đèn hoặc cửa sổ sau lưng đại biểu."),
  }),
  camera_small: (figures) => ({
    cause: `${picture(figures)} ${_("Hình nhỏ.")}`,
    remedy: _("Chọn camera khác nếu có; hình lên màn hình hội trường sẽ không nét."),
  }),
  camera_still: (figures) => ({
    cause: `${picture(figures)} ${_("Hình đứng yên.")}`,
    remedy: _("Rút camera rồi cắm lại; nếu vẫn đứng, chọn camera khác."),
  }),
  camera_refused: () => faultWords("camera_refused"),
  camera_busy: () => faultWords("camera_busy"),
  camera_missing: () => ({
    cause: _("Máy này không có camera; vẫn nghe và xem được."),
    remedy: _("Muốn hội trường thấy điểm cầu, cắm camera vào máy: trang tự nhận."),
  }),
  camera_insecure: () => faultWords("insecure"),
  camera_switched_off: () => ({ cause: _("Camera đang tắt."), remedy: _("Bấm Bật camera.") }),
  microphone_good: () => ({ cause: _("Micro nghe rõ.") }),
  microphone_silent: () => ({
    cause: _("Micro không có tiếng."),
    remedy: _("Bật công tắc micro và bàn trộn, rồi nói thử một câu; hoặc chọn micro khác."),
  }),
  microphone_quiet: () => ({
    cause: _("Tiếng nhỏ."),
    remedy: _("Ngồi gần micro hơn, hoặc tăng mức micro trên bàn trộn hay trong máy."),
  }),
  microphone_clipping: () => ({
    cause: _("Tiếng quá to, bị vỡ."),
    remedy: _("Giảm mức micro trên bàn trộn hay trong máy."),
  }),
  microphone_other: ({ device }) => ({
    cause: _("Micro đang chọn không có tiếng."),
    remedy: _("“%(device)s” đang nghe thấy tiếng: chọn micro đó.", { device: device ?? "" }),
  }),
  microphone_refused: () => faultWords("microphone_refused"),
  microphone_busy: () => faultWords("microphone_busy"),
  microphone_missing: () => ({
    cause: _("Máy này không có micro; vẫn nghe và xem được."),
    remedy: _("Muốn phát biểu, cắm micro vào máy: trang tự nhận."),
  }),
  microphone_insecure: () => faultWords("insecure"),
  speaker_good: () => ({ cause: _("Cả phòng nghe rõ.") }),
  speaker_unconfirmed: () => ({ cause: _("Bấm nghe thử, rồi cho biết cả phòng có nghe rõ không.") }),
  speaker_not_heard: () => ({
    cause: _("Chưa nghe thấy tiếng."),
    remedy: _("Bật tivi và tăng âm lượng; chọn loa khác trên trang này (tivi thường tên là HDMI), rồi nghe thử lại."),
  }),
  echo_good: ({ level_db }) => ({
    cause: level_db === undefined ? _("Đã nghe lại rõ.") : _("Đã nghe lại rõ (%(db)s dB).", { db: level_db }),
  }),
  echo_silent: () => ({
    cause: _("Máy chủ không nhận được tiếng nào."),
    remedy: _("Kiểm tra micro ở trên, rồi thử lại."),
  }),
  echo_quiet: ({ level_db }) => ({
    cause: _("Tiếng đến máy chủ rất nhỏ (%(db)s dB).", { db: level_db ?? "–" }),
    remedy: _("Ngồi gần micro hơn hoặc tăng mức micro, rồi thử lại."),
  }),
  echo_not_heard: () => ({
    cause: _("Máy chủ đã nghe điểm cầu, nhưng cả phòng không nghe lại được."),
    remedy: _("Kiểm tra loa và tivi, rồi thử lại."),
  }),
  echo_failed: () => ({
    cause: _("Chưa thử được: máy chủ không trả lời."),
    remedy: _("Thử lại sau ít giây; nếu vẫn không được, báo Tổ kỹ thuật."),
  }),
  echo_busy: () => ({
    cause: _("Nhiều điểm cầu đang thử cùng lúc."),
    remedy: _("Thử lại sau ít giây."),
  }),
  network_good: (figures) => ({ cause: line(figures) }),
  network_slow: (figures) => ({
    cause: line(figures),
    remedy: _("Mạng chậm: đóng chương trình đang tải dữ liệu, dùng dây mạng thay cho Wi-Fi."),
  }),
  network_lossy: (figures) => ({
    cause: line(figures),
    remedy: _("Mạng mất gói: dùng dây mạng thay cho Wi-Fi, hoặc báo nhà mạng."),
  }),
  network_late: (figures) => ({
    cause: line(figures),
    remedy: _("Mạng trễ: tắt VPN nếu có, dùng dây mạng thay cho Wi-Fi."),
  }),
  network_jumpy: (figures) => ({
    cause: line(figures),
    remedy: _("Mạng chập chờn: dùng dây mạng thay cho Wi-Fi."),
  }),
  network_blocked: ({ port }) => ({
    cause: _("Không nối được hình và tiếng với máy chủ."),
    remedy: port
      ? _("Mạng ở đây có thể chặn UDP cổng %(port)s: báo người quản mạng mở cổng này.", { port })
      : _("Máy chủ hình và tiếng chưa trả lời: thử lại sau ít giây, hoặc báo Tổ kỹ thuật."),
  }),
  network_interrupted: () => ({
    cause: _("Đường truyền bị ngắt khi đang đo."),
    remedy: _("Kiểm tra dây mạng hoặc Wi-Fi, rồi đo lại."),
  }),
  clock_good: () => ({ cause: _("Đúng giờ máy chủ.") }),
  clock_off: ({ offset_ms }) => ({
    cause: offset(Number(offset_ms ?? 0)),
    remedy: _("Giờ trên trang này đã được chỉnh theo máy chủ. Nên chỉnh lại giờ của máy."),
  }),
};

/** @type {Record<CheckPart, () => string>} */
const NOT_YET = {
  camera: () => _("Đang mở camera…"),
  microphone: () => _("Hãy nói thử một câu vào micro."),
  speaker: () => _("Bấm nghe thử, rồi cho biết cả phòng có nghe rõ không."),
  echo: () => _("Nói năm giây: máy chủ ghi lại và phát lại cho phòng nghe."),
  network: () => _("Chưa đo."),
  clock: () => _("Đang so giờ với máy chủ…"),
  browser: () => "",
};

/**
 * @param {CheckPart} part
 * @param {Finding} finding
 * @returns {Words}
 */
export function findingWords(part, finding) {
  const words = WORDS[`${part}_${finding.code}`];
  return words ? words(finding.figures) : { cause: NOT_YET[part]() };
}
