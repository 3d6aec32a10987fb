/** What each own state says: the words of the banner, and the figure or button at its right. */

import { _, boot } from "../boot.js";
import { clockTime, countdown, now } from "../clock.js";
import { Icon } from "../components/icon.js";
import { readTimer, TIMER_ICONS } from "../components/timer.js";
import { html } from "../html.js";
import { faultWords } from "../media.js";
import { siteOf, untilWords } from "../words.js";
import { expectedWaitMs, nextRequest, ownSpeech, placeInQueue } from "./own-state.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").OwnPart} OwnPart */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../components/banner.js").BannerKind} BannerKind */
/** @typedef {{part: PublicPart, own: OwnPart | null, page: import("./page-context.js").PageContext}} View */
/** @typedef {{kind: BannerKind, icon: string, title: string, text?: any, side?: any}} Words */

/** @param {{small: any, large: any}} props */
function Side({ small, large }) {
  return html`<p class="site-eta"><small>${small}</small><span class="num">${large}</span></p>`;
}

/** @param {{speech: Speech}} props */
function Remaining({ speech }) {
  const { kind, text, word } = readTimer(speech);
  const isStopped = !speech.running_since;
  return html`<p
    class=${`site-eta is-${kind}`}
    role="timer"
    aria-live="off"
    data-test="timer"
    data-state=${kind}
  >
    <small
      ><${Icon} name=${isStopped ? "pause" : TIMER_ICONS[kind]} />${isStopped ? _("Đang dừng") : word}</small
    >
    <span class="num" data-test="timer-digits">${text}</span>
  </p>`;
}

/** 3-2-1 until the microphone opens. @param {{speech: Speech}} props */
function Countdown({ speech }) {
  const left = Math.ceil((Date.parse(speech.on_air_at) - now.value) / 1000);
  return html`<p class="site-eta is-countdown" data-test="countdown">
    <small>${_("Micro mở sau")}</small><span class="num">${Math.max(0, left)}</span>
  </p>`;
}

/** @param {{at: string}} props */
function UntilOpening({ at }) {
  const words = untilWords(Date.parse(at) - now.value);
  return html`<${Side} small=${words || _("Đã đến giờ khai mạc")} large=${clockTime(at)} />`;
}

const percent = new Intl.NumberFormat(boot.lang, { style: "percent", maximumFractionDigits: 1 });

/** How much of the own sound and picture is lost. @param {View} view */
function lossText({ page }) {
  const figures = page.connection.linkFigures.value[String(page.connection.seat.value?.site_id)];
  const loss = Math.max(figures?.loss_up ?? 0, figures?.loss_down ?? 0);
  return loss >= 0.01 ? _("Mất gói %(share)s.", { share: percent.format(loss) }) : "";
}

/** @param {{part: PublicPart, own: OwnPart | null}} props */
function Expected({ part, own }) {
  if (!part.floor?.running_since) return null;
  return html`<${Side} small=${_("Dự kiến sau")} large=${countdown(expectedWaitMs(part, own, now.value) ?? 0)} />`;
}

/** While it waits, when its turn is expected. @param {View} view */
function Waiting(view) {
  const wait = expectedWaitMs(view.part, view.own, now.value);
  if (!wait) return Speaking(view);
  return html`<${Side} small=${_("Dự kiến sau")} large=${_("%(n)s phút", { n: Math.ceil(wait / 60_000) })} />`;
}

/** @param {View} view */
function Speaking({ part }) {
  const { holders, stage } = part;
  if (!holders.length && !stage.is_chair_speaking) return null;
  const heard = [...new Set(holders.filter((one) => one.state !== "paused").map((one) => one.site_id))];
  const name = stage.is_chair_speaking ? _("Chủ trì") : heard.map((id) => siteOf(part, id)?.label).join(", ");
  return html`<p class="site-eta">
    <small>${_("Đang phát biểu")}</small><span>${name}</span>
  </p>`;
}

/** @param {View} view */
function retry({ page }) {
  return html`<button
    type="button"
    class="btn"
    data-test="retry-devices"
    disabled=${page.media.isOpening.value}
    onClick=${() => page.media.retryDevices()}
  >
    <${Icon} name="refresh-cw" />${_("Thử lại")}
  </button>`;
}

/** @param {View} view */
function faultText({ page }) {
  const fault = page.media.fault.value;
  return fault ? faultWords(fault) : { cause: "", remedy: "" };
}

/** @param {View} view */
function takeOver({ page }) {
  return html`<button
    type="button"
    class="btn"
    data-test="take-over"
    onClick=${() => page.connection.claimSeat("take_over")}
  >
    <${Icon} name="log-in" />${_("Tiếp quản")}
  </button>`;
}

/** What the open microphone of the hall means, and the hall's place in the list. @param {View} view */
function hallText({ part, own }) {
  const heard = _("Các điểm cầu đang nghe và nhìn thấy hội trường.");
  const place = placeInQueue(part, own);
  return place ? `${heard} ${_("Đại biểu hội trường đang chờ: thứ %(place)s trong %(of)s.", place)}` : heard;
}

/** @param {View} view */
function speechSide({ part, own }) {
  const speech = ownSpeech(part, own);
  return speech && html`<${Remaining} speech=${speech} />`;
}

/** @type {Record<import("./own-state.js").OwnWord, (view: View) => Words>} */
export const OWN_WORDS = {
  seat_lost: () => ({
    kind: "bad",
    icon: "monitor",
    title: _("Máy khác đã tiếp quản điểm cầu này"),
    text: _("Trang này không còn phát hình và tiếng."),
  }),
  link_revoked: () => ({
    kind: "bad",
    icon: "lock",
    title: _("Liên kết này đã bị thu hồi"),
    text: _("Xin thư ký liên kết mới."),
  }),
  occupied: () => ({
    kind: "bad",
    icon: "monitor",
    title: _("Điểm cầu này đang mở ở nơi khác"),
    text: _("Mỗi điểm cầu chỉ có một trang phát hình và tiếng."),
  }),
  watching: (view) => ({
    kind: "info",
    icon: "eye",
    title: _("Chỉ xem, không tiếng"),
    text: _("Trang này không phát hình, không đăng ký phát biểu."),
    side: takeOver(view),
  }),
  reporting: ({ page }) => ({
    kind: "floor",
    icon: "megaphone",
    title: _("MỜI BÁO CÁO ĐIỂM DANH"),
    text: page.media.hasMicrophone.value
      ? _("Micro đang bật. Báo số đại biểu có mặt, rồi gửi điểm danh.")
      : _("Máy này không có micro. Hãy ghi sĩ số rồi gửi điểm danh."),
  }),
  reporting_closed: () => ({
    kind: "floor",
    icon: "mic-off",
    title: _("MỜI BÁO CÁO ĐIỂM DANH · MICRO ĐANG TẮT"),
    text: _("Bấm Bật micro để báo cáo."),
  }),
  warning: ({ part, own }) => {
    const speech = ownSpeech(part, own);
    return {
      kind: "floor",
      icon: "mic",
      title: _("CHUẨN BỊ PHÁT BIỂU"),
      text: speech && _("Mời %(who)s. Micro sắp mở.", { who: speech.who }),
      side: speech && html`<${Countdown} speech=${speech} />`,
    };
  },
  on_air: (view) => ({
    kind: "floor",
    icon: "mic",
    title:
      ownSpeech(view.part, view.own)?.kind === "point_of_order" ? _("ĐANG NÊU Ý KIẾN VỀ THỦ TỤC") : _("ĐANG PHÁT BIỂU"),
    text: view.page.media.hasMicrophone.value
      ? _("Micro đang bật · Cả hội nghị đang nghe và nhìn thấy điểm cầu này")
      : _("Máy này không có micro: hội nghị không nghe được. Kiểm tra thiết bị."),
    side: speechSide(view),
  }),
  on_air_closed: (view) => ({
    kind: "floor",
    icon: "mic-off",
    title: _("ĐANG PHÁT BIỂU · MICRO ĐANG TẮT"),
    text: _("Điểm cầu đã tự tắt micro, đồng hồ vẫn chạy. Bấm Bật micro để nói tiếp."),
    side: speechSide(view),
  }),
  muted_by_chair: (view) => ({
    kind: "bad",
    icon: "mic-off",
    title: _("Chủ trì đã tắt micro"),
    text: _("Đồng hồ đang dừng. Chỉ chủ trì mở lại được."),
    side: speechSide(view),
  }),
  paused_chair: (view) => ({
    kind: "info",
    icon: "pause",
    title: _("Chủ trì đang phát biểu"),
    text: _("Lượt phát biểu tạm dừng, thời gian còn lại được giữ."),
    side: speechSide(view),
  }),
  paused: (view) => ({
    kind: "info",
    icon: "pause",
    title: _("Chủ trì cho tạm dừng lượt phát biểu"),
    text: _("Đồng hồ và micro đang dừng, thời gian còn lại được giữ."),
    side: speechSide(view),
  }),
  paused_suspended: (view) => ({
    kind: "info",
    icon: "hourglass",
    title: _("Hội nghị tạm dừng"),
    text: _("Lượt phát biểu được giữ, sẽ tiếp tục khi hội nghị tiếp tục."),
    side: speechSide(view),
  }),
  held: (view) => ({
    kind: "bad",
    icon: "wifi-off",
    title: _("Đường truyền gián đoạn, lượt được giữ"),
    text: _("Hội nghị chưa nhận được hình và tiếng của điểm cầu. Đồng hồ đang dừng."),
    side: speechSide(view),
  }),
  next: ({ part, own, page }) => {
    const request = nextRequest(part, own);
    return {
      kind: "next",
      icon: "hand",
      title: _("Bạn là người tiếp theo"),
      text:
        request &&
        (page.isHall
          ? _("Mời %(who)s vào vị trí.", { who: request.who })
          : _("Mời %(who)s vào vị trí. Micro sẽ bật khi chủ trì mời.", { who: request.who })),
      side: html`<${Expected} part=${part} own=${own} />`,
    };
  },
  next_fault: (view) => ({
    kind: "next",
    icon: "triangle-alert",
    title: _("Bạn là người tiếp theo, thiết bị chưa sẵn sàng"),
    text: `${faultText(view).cause}. ${faultText(view).remedy}`,
    side: retry(view),
  }),
  fault: (view) => ({
    kind: "warn",
    icon: "triangle-alert",
    title: faultText(view).cause,
    text: `${faultText(view).remedy} ${_("Vẫn xem và nghe được hội nghị.")}`,
    side: retry(view),
  }),
  doors_closed: ({ part }) => ({
    kind: "info",
    icon: "clock",
    title: _("Chưa mở điểm cầu"),
    text: _("Giữ nguyên trang này: hội nghị sẽ tự mở."),
    side: html`<${UntilOpening} at=${part.conference.opens_at} />`,
  }),
  doors_open: ({ part, page }) => ({
    kind: "info",
    icon: "circle-check",
    title: page.isHall ? _("Đã mở điểm cầu") : _("Đã vào phòng chờ"),
    text: page.isHall
      ? _("Các điểm cầu đã thấy hình hội trường, chưa nghe tiếng cho đến khi khai mạc.")
      : _("Micro đang tắt. Mời điểm danh đại biểu trước giờ khai mạc."),
    side: html`<${UntilOpening} at=${part.conference.opens_at} />`,
  }),
  suspended: ({ part }) => ({
    kind: "info",
    icon: "hourglass",
    title: _("Hội nghị tạm dừng"),
    text: _("Các điểm cầu không nghe được tiếng của nhau. Giữ nguyên trang này."),
    side:
      part.conference.suspended_at &&
      html`<${Side} small=${_("Từ lúc")} large=${clockTime(part.conference.suspended_at)} />`,
  }),
  adjourned: () => ({
    kind: "info",
    icon: "flag",
    title: _("Hội nghị đã kết thúc"),
    text: _("Camera và micro đã tắt. Có thể đóng trang này."),
  }),
  interrupted: (view) => ({
    kind: "info",
    icon: "pause",
    title: _("Lượt phát biểu tạm dừng"),
    text: _("Đang nghe ý kiến về thủ tục; lượt sẽ tiếp tục với thời gian còn lại."),
    side: speechSide(view),
  }),
  spoken: () => ({ kind: "info", icon: "circle-check", title: _("Đã kết thúc lượt phát biểu") }),
  queued: (view) => ({
    kind: "info",
    icon: "hand",
    title: _("Thứ %(place)s trong %(of)s", placeInQueue(view.part, view.own) ?? { place: 0, of: 0 }),
    text: _("Đã đăng ký phát biểu. Micro đang tắt."),
    side: Waiting(view),
  }),
  weak: (view) => ({
    kind: "warn",
    icon: "triangle-alert",
    title: _("Mạng yếu"),
    text: [lossText(view), _("Nên dùng dây mạng và tắt chương trình khác đang dùng mạng. Micro đang tắt.")]
      .filter(Boolean)
      .join(" "),
    side: Speaking(view),
  }),
  hall_open: (view) => ({
    kind: "info",
    icon: "mic",
    title: _("Micro hội trường đang mở"),
    text: hallText(view),
    side: Speaking(view),
  }),
  hall_closed: () => ({
    kind: "bad",
    icon: "mic-off",
    title: _("MICRO HỘI TRƯỜNG ĐANG TẮT"),
    text: _("Không điểm cầu nào nghe được hội trường. Bấm Bật micro."),
  }),
  muted: (view) => ({
    kind: "muted",
    icon: "mic-off",
    title: _("Đang tắt micro"),
    text: view.page.media.hasCamera.value
      ? _("Hội nghị nhìn thấy hình của điểm cầu này nhưng không nghe tiếng.")
      : _("Đang xem và nghe hội nghị."),
    side: Speaking(view),
  }),
};
