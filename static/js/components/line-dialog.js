/** What happened to one site's line: its figures now, and every change with the time, newest first. */
import { useEffect, useState } from "preact/hooks";
import { _, boot } from "../boot.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { LinkWord } from "./link-word.js";
import { html } from "../html.js";
import { LineChart } from "./line-chart.js";
import { figureWords, incidentWords } from "./line-figures.js";
import { allowedWords, weakDown, weakUp } from "./weak-line.js";

/** @typedef {import("../types").Connection} Connection */
/** @typedef {import("../types").LineIncident} LineIncident */

const timeFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: boot.timezone || "Asia/Ho_Chi_Minh",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayFormat = new Intl.DateTimeFormat("en-GB", { timeZone: boot.timezone || "Asia/Ho_Chi_Minh" });

/** @param {{connection: Connection, siteId: number, title: string, close: () => void}} props */
export function LineDialog({ connection, siteId, title, close }) {
  const [incidents, setIncidents] = useState(/** @type {LineIncident[] | null} */ (null));
  const [fault, setFault] = useState("");
  const quality = connection.links.value[String(siteId)] ?? null;
  const presence = connection.presence.value[String(siteId)] ?? null;
  const figures = connection.linkFigures.value[String(siteId)] ?? null;
  useEffect(() => {
    let isOver = false;
    void connection.request("get_incidents", { site_id: siteId }).then((answer) => {
      if (isOver) return;
      if (answer.ok) setIncidents(answer.incidents);
      setFault(answer.ok ? "" : answer.message);
    });
    return () => {
      isOver = true;
    };
    // Whatever is written down changes one of these as well; `at` of the presence is not needed.
  }, [siteId, quality, presence?.socket, presence?.media]);
  const now = figures && quality !== "lost" ? figureWords(figures) : [];
  return html`<${Dialog}
    title=${title}
    onClose=${close}
    test="line"
    actions=${html`<button type="button" class="btn" onClick=${close}>${_("Đóng")}</button>`}
  >
    <p class="line-now" data-test="line-now">
      ${quality && html`<${LinkWord} state=${quality} />`}
      ${quality !== "lost" && html`<span class="muted num">${now.join(" · ") || _("Chưa có số liệu.")}</span>`}
    </p>
    ${figures && quality !== "lost" && html`<${Weakness} figures=${figures} />`}
    ${incidents && html`<${LineChart} connection=${connection} siteId=${siteId} incidents=${incidents} />`}
    ${fault && html`<p class="t-bad" role="alert">${fault}</p>`}
    ${incidents && incidents.length === 0 && html`<p class="muted">${_("Chưa có gì xảy ra.")}</p>`}
    ${
      incidents &&
      incidents.length > 0 &&
      html`<ol class="log line-log" data-test="incidents" tabindex="0" aria-label=${_("Nhật ký đường truyền")}>
        ${[...incidents].reverse().map((one, index) => html`<${Row} key=${incidents.length - index} incident=${one} />`)}
      </ol>`
    }
  <//>`;
}

/** What the line leaves of the pictures both ways, and how much may be sent. @param {{figures: import("../types").LinkFigures}} props */
function Weakness({ figures }) {
  const told = [weakDown(figures), weakUp(figures)].filter((each) => each !== null);
  const allowed = allowedWords(figures);
  return html`${told.map(
    ({ title, text }) => html`<p class="line-weak" key=${title} data-test="line-weak"><${Icon} name="triangle-alert" /><span><strong>${title}.</strong> ${text}</span></p>`,
  )}
  ${allowed && html`<p class="muted line-allowed" data-test="line-allowed">${allowed}</p>`}`;
}

/** @param {{incident: LineIncident}} props */
function Row({ incident: { at, kind, figures } }) {
  const time = new Date(at);
  const isToday = dayFormat.format(time) === dayFormat.format(new Date());
  const words = figureWords(figures).join(" · ");
  return html`<li data-kind=${kind}>
    <time class="num" datetime=${at}>${!isToday && html`${dayFormat.format(time)} `}${timeFormat.format(time)}</time>
    ${
      kind === "good" || kind === "fair" || kind === "weak" || kind === "lost"
        ? html`<${LinkWord} state=${kind} test="incident" />`
        : html`<${Happening} kind=${kind} />`
    }
    ${kind !== "left" && kind !== "lost" && words && html`<small class="muted num">${words}</small>`}
  </li>`;
}

/** @param {{kind: Exclude<LineIncident["kind"], import("../types").QualityWord>}} props */
function Happening({ kind }) {
  const { icon, tone, word } = incidentWords(kind);
  return html`<span class=${`link-q ${tone}`} data-test="incident"><${Icon} name=${icon} /><span>${word}</span></span>`;
}
