/** Under the own-state banner: what goes wrong with this site's sound or picture, and what a weak line leaves of the pictures. */
import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { weakDown, weakUp } from "../components/weak-line.js";
import { html } from "../html.js";
import { usePage } from "./page-context.js";

/** @typedef {{icon: string, title: string, text: string}} Note */

/** @param {import("../types").Alarm} alarm @returns {Note} */
function alarmNote({ kind }) {
  if (kind === "silent")
    return {
      icon: "mic-off",
      title: _("Hội nghị không nghe thấy tiếng của điểm cầu này"),
      text: _("Kiểm tra công tắc và dây của micro, đúng micro đã chọn, bàn trộn không tắt tiếng."),
    };
  if (kind === "frozen")
    return {
      icon: "video-off",
      title: _("Hình của điểm cầu này đang đứng"),
      text: _("Kiểm tra dây camera, tắt rồi bật lại camera, hoặc tải lại trang."),
    };
  return {
    icon: "volume-2",
    title: _("Loa của điểm cầu này lọt vào micro, hội nghị nghe tiếng vọng"),
    text: _("Vặn nhỏ loa, đặt micro xa loa, hoặc tắt micro khi không nói."),
  };
}

/** Nothing while all is well. */
export function LineNote() {
  const { connection } = usePage();
  const site = String(connection.seat.value?.site_id);
  const figures = connection.linkFigures.value[site];
  const isThere = connection.status.value === "online" && connection.links.value[site] !== "lost";
  const weak = figures && isThere ? [weakDown(figures), weakUp(figures)].filter((each) => each !== null) : [];
  const notes = [
    ...connection.alarms.value.map(alarmNote),
    ...weak.map((each) => ({ ...each, icon: "triangle-alert" })),
  ];
  return html`<div class="line-notes" role="status" data-test="line-notes">
    ${notes.map(
      ({ icon, title, text }) => html`<p class="line-weak" key=${title} data-test="line-note"><${Icon} name=${icon} /><span><strong>${title}.</strong> ${text}</span></p>`,
    )}
  </div>`;
}
