/** The keys of a desk and the sounds it makes, each of which can be switched off on this device. */
import { _ } from "../boot.js";
import { quiet, quieten } from "../chimes.js";
import { Dialog, Switch } from "../components/index.js";
import { html } from "../html.js";
import { areKeysOn, switchKeys } from "./keys.js";

/** @typedef {import("./desk.js").Desk} Desk */

function chairKeys() {
  return [
    ["N", _("Mời người tiếp theo")],
    ["E", _("Kết thúc lượt phát biểu")],
    ["+", _("Thêm 1 phút")],
    ["M", _("Ngắt hoặc mở lại micro của người phát biểu")],
    ["Shift M", _("Tắt tất cả micro")],
    ["↑ ↓", _("Chọn trong danh sách đăng ký phát biểu")],
    ["Alt ↑ ↓", _("Đưa lên, đưa xuống")],
    ["Enter", _("Mời đại biểu đang chọn")],
    ["Z", _("Hoàn tác việc vừa làm")],
    ["?", _("Bảng phím này")],
  ];
}

function secretaryKeys() {
  return [
    ["Ctrl K", _("Tìm việc cần làm")],
    ["Ctrl M", _("Đánh dấu thời điểm trong ghi chép")],
    ["Ctrl Enter", _("Sang ghi chép của lượt sau")],
    ["/", _("Tìm trong nhật ký")],
    ["↑ ↓", _("Chọn trong danh sách đăng ký phát biểu")],
    ["Alt ↑ ↓", _("Đưa lên, đưa xuống")],
    ["Z", _("Hoàn tác việc vừa làm")],
    ["F", _("Toàn màn hình")],
    ["?", _("Bảng phím này")],
  ];
}

/** @param {{desk: Desk, close: () => void}} props */
export function KeysDialog({ desk, close }) {
  const isChair = desk.connection.seat.value?.role === "chair";
  const keys = isChair ? chairKeys() : secretaryKeys();
  return html`<${Dialog}
    title=${_("Phím tắt và âm báo")}
    onClose=${close}
    test="keys"
    actions=${html`<button type="button" class="btn" onClick=${close}>${_("Đóng")}</button>`}
  >
    <dl class="desk-keys">${keys.map(([key, word]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${word}</dd></div>`)}</dl>
    <${Switch} isOn=${areKeysOn.value} word=${_("Dùng phím tắt một chữ")} onSwitch=${switchKeys} />
    <${Sound} name="request" word=${_("Âm báo khi có đăng ký phát biểu mới")} />
    ${isChair && html`<${Sound} name="minute" word=${_("Âm báo khi còn một phút")} />`}
    ${isChair && html`<${Sound} name="over" word=${_("Âm báo khi hết giờ")} />`}
    ${!isChair && html`<${Sound} name="lost" word=${_("Âm báo khi điểm cầu mất kết nối")} />`}
    <${Sound} name="tick" word=${_("Âm báo khi có tin nhắn")} />
  <//>`;
}

/** @param {{name: import("../chimes.js").Chime, word: string}} props */
function Sound({ name, word }) {
  const isOn = !quiet.value.includes(name);
  const hear = (/** @type {boolean} */ on) => quieten(name, !on);
  return html`<${Switch} isOn=${isOn} word=${word} onSwitch=${hear} test=${`sound-${name}`} />`;
}
