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

/** @param {{at: string}} props */
function Resumes({ at }) {
  const words = _("Hội nghị tiếp tục lúc %(time)s", { time: clockTime(at) });
  return html`<p class="site-card-time" data-test="resumes-at">
    <span class="site-card-at"><${Icon} name="clock" />${words}</span>
    <span class="site-card-until">${untilWords(Date.parse(at) - now.value) || _("Sắp tiếp tục")}</span>
  </p>`;
}

/** @type {Record<import("../types").CardName, {icon: string, kind: () => string, title: () => string}>} */
const CARDS = {
  before: { icon: "landmark", kind: () => "", title: () => "" },
  break: { icon: "hourglass", kind: () => _("Giải lao"), title: () => _("Hội nghị tạm dừng") },
  end: { icon: "flag", kind: () => _("Bế mạc"), title: () => _("Hội nghị đã kết thúc") },
};

/**
 * The card of a site's page before the opening, in a break and at the end. With the doors open the hall's picture stays visible above it.
 * `isWhole`: nothing of the hall is to be seen above it.
 * @param {{part: PublicPart, card: "before" | "break" | "end", isWhole?: boolean}} props
 */
export function StageCard({ part, card, isWhole = false }) {
  const conference = part.conference;
  const { card_words, resumes_at } = part.stage;
  if (card !== "before" || conference.convened_at)
    return html`<div class="site-card" data-test="card" data-card=${card}>
      ${CARDS[card].kind() && html`<p class="site-card-kind"><${Icon} name=${CARDS[card].icon} />${CARDS[card].kind()}</p>`}
      <h2 data-test="card-words">${card_words || CARDS[card].title() || conference.title}</h2>
      <p>${card_words || CARDS[card].title() ? conference.short_title || conference.title : conference.organiser}</p>
      ${resumes_at && html`<${Resumes} at=${resumes_at} />`}
    </div>`;
  const opening = _("Khai mạc lúc %(time)s, %(date)s", {
    time: clockTime(conference.opens_at),
    date: longDate(conference.opens_at),
  });
  const isOpen = conference.status !== "scheduled" && !isWhole;
  return html`<div class=${`site-card${isOpen ? " is-strip" : ""}`} data-test="card" data-card="before">
    <p class="site-card-kind">${conference.status !== "scheduled" ? _("Sắp khai mạc") : _("Chưa mở điểm cầu")}</p>
    <h2>${conference.title}</h2>
    <p>${card_words || conference.organiser}</p>
    ${conference.note && html`<p class="site-card-note">${asSentence(conference.note)}</p>`}
    <p class="site-card-time">
      <span class="site-card-at"><${Icon} name="clock" />${opening}</span>
      <${Until} at=${conference.opens_at} />
    </p>
  </div>`;
}
