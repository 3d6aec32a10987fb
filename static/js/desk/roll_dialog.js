/** The roll of the whole conference: its sum, its quorum, the announcer's sentence, closing it, and the papers of it. */
import { useState } from "preact/hooks";
import { _, boot } from "../boot.js";
import { clockTime } from "../clock.js";
import { Dialog, Icon, toast } from "../components/index.js";
import { html } from "../html.js";
import { whyOffline } from "./reasons.js";
import { RollCallStart } from "./roll_call_panel.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").AttendanceSum} AttendanceSum */

/**
 * Whether the conference may open by its own rule, in words; "" when it has none.
 * @param {AttendanceSum | null} sum
 */
export function quorumWords(sum) {
  if (sum?.needed == null) return "";
  const values = { present: sum.present, needed: sum.needed };
  return sum.is_quorate
    ? _("Đủ số đại biểu theo quy định: %(present)s có mặt, cần %(needed)s", values)
    : _("Chưa đủ số đại biểu theo quy định: %(present)s có mặt, cần %(needed)s", values);
}

/** @param {{desk: Desk}} props */
export function QuorumLine({ desk }) {
  const sum = desk.attendance.value;
  const words = quorumWords(sum);
  if (!words || !sum || desk.isOver.value) return null;
  return html`<p class=${`desk-quorum ${sum.is_quorate ? "t-ok" : "t-warn"}`} data-test="quorum" data-quorate=${String(sum.is_quorate)}>
    <${Icon} name=${sum.is_quorate ? "circle-check" : "triangle-alert"} /><span>${words}</span>
  </p>`;
}

/** @param {{sum: AttendanceSum}} props */
function Figures({ sum }) {
  /** @type {[string, number][]} */
  const figures = [
    [_("Triệu tập"), sum.expected],
    [_("Có mặt"), sum.present],
    [_("Trong đó dự thay"), sum.substitute],
    [_("Vắng"), sum.absent],
    [_("Vắng có lý do"), sum.excused],
    [_("Vắng không lý do"), sum.unexcused],
    [_("Đến muộn"), sum.late],
    [_("Về sớm"), sum.left],
  ];
  return html`<dl class="roll-sum" data-test="roll-sum">
    ${figures.map(([word, count]) => html`<div key=${word}><dt>${word}</dt><dd class="num">${count}</dd></div>`)}
  </dl>`;
}

/** @param {{sum: AttendanceSum}} props */
function Sentence({ sum }) {
  const [language, setLanguage] = useState(/** @type {"vi" | "en"} */ (boot.lang));
  const text = sum.announcement[language];
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(_("Đã chép lời công bố."), { kind: "ok" });
    } catch {
      toast(_("Trình duyệt không cho chép; hãy chọn đoạn chữ rồi chép."), { kind: "warn" });
    }
  };
  return html`<section class="roll-sentence" aria-label=${_("Lời công bố")}>
    <blockquote lang=${language} data-test="announcement">${text}</blockquote>
    <div class="row is-tight">
      <button type="button" class="btn is-small" onClick=${copy}><${Icon} name="copy" />${_("Chép lời công bố")}</button>
      <button
        type="button"
        class="btn is-small is-ghost"
        lang=${language === "vi" ? "en" : "vi"}
        onClick=${() => setLanguage(language === "vi" ? "en" : "vi")}
      ><${Icon} name="languages" />${language === "vi" ? "English" : "Tiếng Việt"}</button>
    </div>
  </section>`;
}

/** @param {{desk: Desk, close: () => void}} props */
export function RollDialog({ desk, close }) {
  const sum = desk.attendance.value;
  const id = desk.conference.value?.public_id ?? "";
  const why = whyOffline(desk);
  const actions = html`
    <a class="btn" href=${`/c/${id}/roll.xlsx`} download data-test="roll-xlsx"><${Icon} name="download" />XLSX</a>
    <a class="btn" href=${`/c/${id}/roll.pdf`} target="_blank" rel="noopener" data-test="roll-pdf"><${Icon} name="printer" />${_("Bản in")}</a>
    <button
      type="button"
      class="btn is-primary"
      disabled=${Boolean(why) || !sum}
      data-test="close-roll"
      onClick=${() => desk.connection.command("close_roll")}
    ><${Icon} name="lock" />${sum?.closed_at ? _("Chốt lại") : _("Chốt điểm danh")}</button>
    <button type="button" class="btn" data-test="dialog-no" onClick=${close}>${_("Đóng")}</button>
  `;
  return html`<${Dialog} title=${_("Điểm danh hội nghị")} onClose=${close} test="roll-dialog" actions=${sum && actions}>
    ${
      sum
        ? html`<${Figures} sum=${sum} /><${QuorumLine} desk=${desk} /><${Sentence} sum=${sum} /><${RollCallStart} desk=${desk} close=${close} /><${Closing} desk=${desk} sum=${sum} />`
        : html`<p class="muted">${_("Điểm danh được sau khi mở điểm cầu.")}</p>`
    }
  <//>`;
}

/** Since when the roll is closed, and which points have changed theirs since. @param {{desk: Desk, sum: AttendanceSum}} props */
function Closing({ desk, sum }) {
  const closedAt = sum.closed_at;
  if (!closedAt) return null;
  const changed = desk.roll.value.filter((roll) => roll.changed_at && roll.changed_at > closedAt);
  const sites = changed.map((roll) => desk.siteName(roll.site_id)).join(", ");
  const closed = _("Đã chốt lúc %(time)s.", { time: clockTime(closedAt) });
  const later = _("Sửa sau khi chốt: %(sites)s. Ai sửa, lúc nào có trong nhật ký và bản in.", { sites });
  return html`<p class="muted" data-test="roll-closed">${closed}</p>
    ${sites && html`<p class="t-warn" data-test="roll-changed">${later}</p>`}`;
}
