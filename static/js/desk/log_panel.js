/** The journal as it grows: newest at the bottom; it follows unless somebody reads further up. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { _, boot } from "../boot.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { logLine } from "./log_words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").LogEntry} LogEntry */

const NEAR_END_PX = 40;

const secondsFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: boot.timezone || "Asia/Ho_Chi_Minh",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** @param {{desk: Desk}} props */
export function LogPanel({ desk }) {
  const entries = desk.connection.log.value;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const follows = useRef(true);

  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [entries]);

  const onScroll = () => {
    const element = box.current;
    if (element) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
  };
  return html`<section class="panel desk-log" aria-labelledby="h-log">
    <div class="panel-head"><h2 id="h-log">${_("Nhật ký sự kiện")}</h2></div>
    <div
      class="desk-scroll desk-logs"
      ref=${box}
      onScroll=${onScroll}
      tabindex="0"
      role="log"
      aria-labelledby="h-log"
      data-test="log"
    >
      ${
        entries.length
          ? html`<ul class="log">${entries.map((entry) => html`<${Line} key=${entry.seq} desk=${desk} entry=${entry} />`)}</ul>`
          : html`<p class="muted desk-none">${_("Chưa có sự kiện nào.")}</p>`
      }
    </div>
  </section>`;
}

/** @param {{desk: Desk, entry: LogEntry}} props */
function Line({ desk, entry }) {
  const { icon, tone, text, detail, actor } = logLine(entry, desk.siteName);
  return html`<li class=${tone} data-event=${entry.event}>
    <time datetime=${entry.at}>${secondsFormat.format(new Date(entry.at))}</time>
    <${Icon} name=${icon} />
    <span>${text}${detail && html`<span class="muted">: ${detail}</span>`}${actor && html`<span class="muted"> (${actor})</span>`}</span>
  </li>`;
}
