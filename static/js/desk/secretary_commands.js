/** What the secretary's command list holds: every act of this desk as it is now. */
import { _ } from "../boot.js";
import { toggleFullScreen } from "../keyboard.js";
import { createOpenItem } from "./agenda_panel.js";
import { nextItem } from "./agenda_times.js";
import { openSieve } from "./log_panel.js";
import { pressMark, pressNextNote } from "./notes_panel.js";
import { hasScript } from "./script_dialog.js";
import { whyNotGrant, whyNotInvite, whyNotLive, whyNotPrepare, whyOffline } from "./reasons.js";
import { createHide, createShow } from "./share_card.js";

/** @typedef {import("./command_list.js").Entry} Entry */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("./acts.js").Act} Act */

/**
 * @typedef {object} Hands what the list needs of the page
 * @property {Desk} desk
 * @property {ChairActs} acts
 * @property {Act} add
 * @property {(line: number | "all" | "private") => void} write opens the line to a site, to all, to the chair
 * @property {(siteId: number) => void} openRoll
 */

/** @param {Hands} hands @returns {Entry[]} */
export function secretaryCommands(hands) {
  const entries = [...sitting(hands), ...shares(hands), ...queue(hands), ...notes(), ...sites(hands), ...page(hands)];
  return hands.desk.isActingChair.value ? [...conduct(hands), ...entries] : entries;
}

/** @param {Act} act */
const by = (act) => ({ run: act.act, why: act.why() });

/** @param {Hands} hands @returns {Entry[]} */
function sitting({ desk, acts }) {
  const status = desk.conference.value?.status;
  const next = nextItem(desk.agenda.value, desk.currentItem.value?.id ?? null);
  const command = desk.connection.command;
  /** @type {Entry[]} */
  const entries = [];
  if (status === "scheduled")
    entries.push({ name: _("Mở điểm cầu"), icon: "log-in", run: () => command("open_doors"), why: whyOffline(desk) });
  if (desk.isOver.value || status === "scheduled") return entries;
  const others = desk.agenda.value.filter((item) => item !== next && item.id !== desk.currentItem.value?.id);
  for (const item of next ? [next, ...others] : others) {
    const values = { n: item.number, title: item.title };
    const name = item === next ? _("Chuyển sang mục %(n)s: %(title)s", values) : _("Mở mục %(n)s: %(title)s", values);
    entries.push({ name, icon: "skip-forward", ...by(createOpenItem(desk, acts, item)) });
  }
  entries.push({
    name: _("Xem toàn bộ chương trình"),
    icon: "list-ordered",
    run: () => (acts.dialog.value = { name: "agenda" }),
  });
  entries.push({
    name: _("Màn hình hội trường: giải lao, bảng tên, ngôn ngữ"),
    icon: "presentation",
    run: () => (acts.dialog.value = { name: "screen" }),
  });
  return entries;
}

/** What the points offer to show. @param {Hands} hands @returns {Entry[]} */
function shares({ desk }) {
  return (desk.connection.deskPart.value?.shares ?? []).map(({ site_id, is_shown }) => {
    const show = { name: _("Chiếu hình của %(site)s", { site: desk.siteName(site_id) }), icon: "screen-share" };
    return is_shown
      ? { name: _("Thôi chiếu hình chia sẻ"), icon: "monitor", ...by(createHide(desk)) }
      : { ...show, ...by(createShow(desk, site_id)) };
  });
}

/** The chair's acts, while this secretary is appointed. @param {Hands} hands @returns {Entry[]} */
function conduct({ desk, acts }) {
  const isChairSpeaking = desk.stage.value?.is_chair_speaking;
  return [
    { name: _("Mời người tiếp theo"), icon: "mic", ...by(acts.next) },
    { name: _("Kết thúc lượt phát biểu"), icon: "circle-stop", ...by(acts.end) },
    { name: _("Thêm 1 phút"), icon: "plus", ...by(acts.extend) },
    { name: _("Ngắt hoặc mở lại micro của người phát biểu"), icon: "mic-off", ...by(acts.microphone) },
    { name: _("Tạm dừng lượt phát biểu"), icon: "pause", ...by(acts.pause) },
    { name: _("Cho người phát biểu nói tiếp"), icon: "play", ...by(acts.goOn) },
    { name: _("Cách điều hành phát biểu"), icon: "settings", run: () => (acts.dialog.value = { name: "conduct" }) },
    { name: _("Tắt tất cả micro"), icon: "volume-x", ...by(acts.muteAll) },
    { name: _("Mời phát biểu…"), icon: "user-plus", ...by(acts.invite) },
    isChairSpeaking
      ? { name: _("Chủ trì phát biểu xong"), icon: "landmark", ...by(acts.endChairSpeech) }
      : { name: _("Chủ trì phát biểu"), icon: "landmark", ...by(acts.chairSpeaks) },
    ...desk.queue.value.map((entry) => ({
      name: _("Mời %(site)s phát biểu", { site: named(desk, entry) }),
      icon: "mic",
      run: () => acts.grant(entry.request_id),
      why: whyNotGrant(desk, entry),
    })),
  ];
}

/** @param {Desk} desk @param {import("../types").WaitingRequest} entry */
const named = (desk, entry) => `${desk.siteName(entry.site_id)} (${entry.name || entry.who})`;

/** @param {Hands} hands @returns {Entry[]} */
function queue({ desk, acts, add }) {
  if (desk.isOver.value) return [];
  const item = desk.currentItem.value;
  const isClosed = item?.is_queue_closed;
  /** @type {Entry[]} */
  const entries = [
    { name: _("Thêm người đăng ký phát biểu"), icon: "user-plus", ...by(add) },
    {
      name: isClosed ? _("Mở đăng ký phát biểu") : _("Đóng đăng ký phát biểu"),
      icon: isClosed ? "hand" : "lock",
      run: () => desk.connection.command(isClosed ? "open_queue" : "close_queue", { item_id: item?.id }),
      why: whyNotInvite(desk),
    },
  ];
  for (const entry of desk.queue.value) {
    const site = named(desk, entry);
    entries.push({
      name: _("Báo %(site)s chuẩn bị", { site }),
      icon: "bell",
      run: () => acts.prepare(entry.request_id),
      why: whyNotPrepare(desk, entry),
    });
    entries.push({
      name: _("Để sau cùng: %(site)s", { site }),
      icon: "clock",
      run: () => acts.defer(entry.request_id),
      why: whyNotLive(desk),
    });
    entries.push({
      name: _("Từ chối hoặc xóa: %(site)s", { site }),
      icon: "x",
      run: () => (acts.dialog.value = { name: "entry", entry }),
      why: whyNotLive(desk),
    });
  }
  return entries;
}

/** @returns {Entry[]} */
function notes() {
  return [
    { name: _("Đánh dấu thời điểm trong ghi chép"), icon: "flag", keys: "Ctrl M", run: pressMark },
    { name: _("Sang ghi chép của lượt sau"), icon: "skip-forward", keys: "Ctrl Enter", run: pressNextNote },
  ];
}

/** @param {Hands} hands @returns {Entry[]} */
function sites({ desk, acts, write, openRoll }) {
  /** @type {Entry[]} */
  const entries = [
    {
      name: _("Tổng hợp điểm danh, lời công bố, chốt điểm danh"),
      icon: "clipboard-list",
      run: () => (acts.dialog.value = { name: "roll" }),
    },
    { name: _("Nhắn tới tất cả điểm cầu"), icon: "send", run: () => write("all") },
    { name: _("Nhắn riêng với chủ trì"), icon: "message-square", run: () => write("private") },
  ];
  for (const { id, name: site } of desk.sites.value) {
    entries.push({ name: _("Nhắn cho %(site)s", { site }), icon: "send", run: () => write(id) });
    entries.push({ name: _("Điểm danh %(site)s", { site }), icon: "user-check", run: () => openRoll(id) });
    entries.push({
      name: _("Đường truyền của %(site)s", { site }),
      icon: "activity",
      run: () => (acts.dialog.value = { name: "line", siteId: id }),
    });
  }
  return entries;
}

/** Of the board on which every point is tested before the opening. @param {Desk} desk */
export function lineBoardAddress(desk) {
  const id = desk.conference.value?.public_id;
  return id ? `/c/${id}/board` : "";
}

/** @param {Hands} hands @returns {Entry[]} */
function page({ desk, acts }) {
  const script = { name: _("Kịch bản điều hành"), icon: "scroll-text", run: () => (acts.dialog.value = { name: "script" }) };
  return [
    ...(hasScript(desk) ? [script] : []),
    {
      name: _("Kiểm tra đường truyền các điểm cầu"),
      icon: "list-checks",
      run: () => void window.open(lineBoardAddress(desk), "_blank", "noopener"),
    },
    { name: _("Hoàn tác việc vừa làm"), icon: "undo-2", keys: "Z", run: acts.undo.newest },
    {
      name: _("Thời gian phát biểu của từng điểm cầu, từng cơ quan"),
      icon: "timer",
      run: () => (acts.dialog.value = { name: "totals" }),
    },
    {
      name: _("Toàn cảnh các điểm cầu"),
      icon: "layout-grid",
      run: () => (acts.dialog.value = { name: "gallery" }),
    },
    { name: _("Tài liệu"), icon: "file-text", run: () => (acts.dialog.value = { name: "papers" }) },
    { name: _("Tìm trong nhật ký"), icon: "search", keys: "/", run: openSieve },
    { name: _("Toàn màn hình"), icon: "maximize", keys: "F", run: toggleFullScreen },
    { name: _("Phím tắt và âm báo"), icon: "circle-help", keys: "?", run: () => (acts.dialog.value = { name: "keys" }) },
  ];
}
