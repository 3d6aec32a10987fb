/** A device whose clock is wrong: the page goes by the server's, and says so. */

import { _ } from "../boot.js";
import { clock_offset_ms } from "../clock.js";
import { html } from "../html.js";
import { limitWords } from "../words.js";
import { Icon } from "./icon.js";

const TOLERATED_MS = 2000;

/** Nothing while the device is right within 2 s. */
export function ClockWord() {
  const ahead = clock_offset_ms.value;
  if (Math.abs(ahead) <= TOLERATED_MS) return null;
  const seconds = Math.round(Math.abs(ahead) / 1000);
  const time = limitWords(seconds < 120 ? seconds : Math.round(seconds / 60) * 60);
  const words = ahead > 0 ? _("Đồng hồ máy chậm %(time)s", { time }) : _("Đồng hồ máy nhanh %(time)s", { time });
  const title = _("Trang này dùng giờ của máy chủ. Hãy chỉnh lại đồng hồ của máy.");
  return html`<span class="badge is-warn live-clock-off" title=${title} data-test="clock-off" data-offset=${ahead}>
    <${Icon} name="clock" /><span>${words}</span><span class="sr">${title}</span>
  </span>`;
}
