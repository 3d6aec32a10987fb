import { _ } from "../boot.js";
import { clockTime, now } from "../clock.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { asSentence, longDate, untilWords } from "../words.js";

/** @typedef {import("../types").PublicPart} PublicPart */

/** @param {{at: string}} props */
function Until({ at }) {
  return html`<span class="site-card-until"
    >${untilWords(Date.parse(at) - now.value) || _("Đã đến giờ khai mạc")}</span
  >`;
}

/**
 * The card of a site's page before the opening, in a break and at the end. With the doors open the hall's picture stays visible above it.
 * @param {{part: PublicPart, card: "before" | "break" | "end"}} props
 */
export function StageCard({ part, card }) {
  const conference = part.conference;
  if (card !== "before")
    return html`<div class="site-card" data-test="card" data-card=${card}>
      <p class="site-card-kind">
        <${Icon}
          name=${card === "break" ? "hourglass" : "flag"}
        />${card === "break" ? _("Giải lao") : _("Bế mạc")}
      </p>
      <h2>${card === "break" ? _("Hội nghị tạm dừng") : _("Hội nghị đã kết thúc")}</h2>
      <p>${conference.short_title || conference.title}</p>
    </div>`;
  const opening = _("Khai mạc lúc %(time)s, %(date)s", {
    time: clockTime(conference.opens_at),
    date: longDate(conference.opens_at),
  });
  const isOpen = conference.status !== "scheduled";
  return html`<div class=${`site-card${isOpen ? " is-strip" : ""}`} data-test="card" data-card="before">
    <p class="site-card-kind">${isOpen ? _("Sắp khai mạc") : _("Chưa mở điểm cầu")}</p>
    <h2>${conference.title}</h2>
    <p>${conference.organiser}</p>
    ${conference.note && html`<p class="site-card-note">${asSentence(conference.note)}</p>`}
    <p class="site-card-time">
      <span class="site-card-at"><${Icon} name="clock" />${opening}</span>
      <${Until} at=${conference.opens_at} />
    </p>
  </div>`;
}
