/** What goes wrong on the floor: which site, what to try, and the acts that help. It goes away by itself. */
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { alarmWords } from "./alarm_words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").Alarm} Alarm */

/**
 * Nothing while all is well. To the chair it is told shortly; the secretary reads what to try and writes to the site.
 * @param {{desk: Desk, acts: ChairActs, onWrite?: (siteId: number, text: string) => void}} props
 */
export function AlarmCard({ desk, acts, onWrite }) {
  const alarms = desk.connection.alarms.value;
  const told = alarms.map((alarm) => alarmWords(alarm, desk.siteName).title).join(". ");
  return html`<p class="sr" role="status">${told}</p>
    ${
      alarms.length > 0 &&
      html`<section class="panel desk-alarms" aria-label=${_("Cảnh báo")} data-test="alarms">
        ${alarms.map((alarm) => html`<${One} key=${`${alarm.kind}-${alarm.site_id}-${alarm.of_site_id}`} desk=${desk} acts=${acts} alarm=${alarm} onWrite=${onWrite} />`)}
      </section>`
    }`;
}

/** @param {{desk: Desk, acts: ChairActs, alarm: Alarm, onWrite?: (siteId: number, text: string) => void}} props */
function One({ desk, acts, alarm, onWrite }) {
  const { icon, title, advice } = alarmWords(alarm, desk.siteName);
  const speech = desk.holders.value.findLast((one) => one.site_id === alarm.site_id);
  const openLine = () => (acts.dialog.value = { name: "line", siteId: alarm.site_id });
  return html`<div class="desk-alarm" data-test="alarm" data-kind=${alarm.kind} data-site=${alarm.site_id}>
    <p><${Icon} name=${icon} /><span><strong>${title}</strong> <time class="num muted" datetime=${alarm.since}>${clockTime(alarm.since)}</time>
      ${onWrite && html`<span class="desk-alarm-advice">${advice}</span>`}</span></p>
    <div class="desk-alarm-go">
      ${onWrite && html`<button type="button" class="btn is-small" data-test="alarm-write" onClick=${() => onWrite(alarm.site_id, advice)}><${Icon} name="message-square" />${_("Nhắn điểm cầu")}</button>`}
      ${onWrite && html`<button type="button" class="btn is-small" data-test="alarm-line" onClick=${openLine}><${Icon} name="activity" />${_("Xem đường truyền")}</button>`}
      ${desk.isChairing.value && speech && alarm.kind === "echo" && html`<${ActButton} act=${acts.of(speech.request_id).microphone} icon="mic-off" className="is-small" test="alarm-mute">${_("Ngắt micro")}<//>`}
      ${desk.isChairing.value && speech && alarm.kind !== "echo" && html`<${ActButton} act=${acts.next} icon="skip-forward" className="is-small" test="alarm-next">${_("Mời người tiếp theo")}<//>`}
    </div>
  </div>`;
}
