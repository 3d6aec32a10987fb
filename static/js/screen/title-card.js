/** The red card of the hall screen: before the opening, in a break, at the end. */

import { _ } from "../boot.js";
import { clockTime, now } from "../clock.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { asSentence, longDate, splitTitle, untilWords } from "../words.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {"before" | "break" | "end"} Card */

const LONG_TITLE = 130;
const ROOMY = 15;

function Clock() {
  const time = clockTime(now.value);
  return html`<time class="hall-clock num" datetime=${time}>${time}</time>`;
}

/** @param {{at: string, word: string}} props `word`: once the time has come */
function Until({ at, word }) {
  return html`<span>${untilWords(Date.parse(at) - now.value) || word}</span>`;
}

/** @param {{part: PublicPart, card: Card}} props */
function Time({ part, card }) {
  const { opens_at, suspended_at, adjourned_at, convened_at } = part.conference;
  const { resumes_at } = part.stage;
  if (card === "before" && convened_at) return null;
  if (card === "before")
    return html`<p>
      <small>${_("Khai mạc lúc")}</small><strong class="num">${clockTime(opens_at)}</strong
      ><${Until} at=${opens_at} word=${_("Sắp khai mạc")} />
    </p>`;
  if (card === "break" && resumes_at)
    return html`<p>
      <small>${_("Tiếp tục lúc")}</small><strong class="num">${clockTime(resumes_at)}</strong
      ><${Until} at=${resumes_at} word=${_("Sắp tiếp tục")} />
    </p>`;
  const [label, at] = card === "break" ? [_("Tạm dừng từ"), suspended_at] : [_("Kết thúc lúc"), adjourned_at];
  if (!at) return null;
  return html`<p><small>${label}</small><strong class="num">${clockTime(at)}</strong></p>`;
}

/** @param {{part: PublicPart}} props */
function Sites({ part }) {
  const sites = part.sites.filter((site) => site.kind === "site");
  const isTight = sites.length > ROOMY * 2;
  const columns = sites.length <= ROOMY ? 5 : Math.round(Math.sqrt(sites.length * (isTight ? 0.85 : 1.6)));
  const style = { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` };
  return html`<ol class=${`before-sites${isTight ? " is-tight" : ""}`} style=${style} data-test="sites">
    ${sites.map((site) => {
      const isConnected = part.connected.includes(site.id);
      const word = isConnected
        ? _("Đã kết nối")
        : part.arrived.includes(site.id)
          ? _("Mất kết nối")
          : _("Chưa kết nối");
      return html`<li key=${site.id} class=${isConnected ? "is-ok" : "is-wait"} data-site=${site.id}>
        <${Icon} name=${isConnected ? "circle-check" : "loader-circle"} />
        <span><strong title=${site.name}>${site.label}</strong><small class=${isTight ? "sr" : ""}>${word}</small></span>
      </li>`;
    })}
  </ol>`;
}

/** @param {{part: PublicPart, card: Card}} props */
function Heading({ part, card }) {
  const { conference } = part;
  const resumes_at = card === "break" ? part.stage.resumes_at : null;
  const { kind, title } = splitTitle(conference.title);
  const words = { before: kind, break: _("Giải lao"), end: _("Hội nghị đã kết thúc") };
  const date = [conference.place, longDate(conference.opens_at)].filter(Boolean).join(", ");
  return html`<section class="before-title">
    ${words[card] && html`<p class="before-kind">${words[card]}</p>`}
    ${part.stage.card_words && html`<p class="before-words" data-test="card-words">${part.stage.card_words}</p>`}
    <h1 class=${title.length > LONG_TITLE ? "is-long" : ""}>${title}</h1>
    ${
      resumes_at
        ? html`<p class="before-resumes" data-test="resumes-at">${_("Hội nghị tiếp tục lúc")} <strong class="num">${clockTime(resumes_at)}</strong></p>`
        : html`<p class="before-date">${date}</p>`
    }
    ${conference.note && html`<p class="before-note">${asSentence(conference.note)}</p>`}
  </section>`;
}

/** @param {{part: PublicPart, card: Card, children?: any}} props */
export function TitleCard({ part, card, children }) {
  const sites = part.sites.filter((site) => site.kind === "site");
  const connected = sites.filter((site) => part.connected.includes(site.id)).length;
  const count = _("%(n)s trên %(total)s điểm cầu", { n: connected, total: sites.length });
  return html`<main class="before" data-test="card" data-card=${card}>
    <header class="before-top">
      <span class="before-org">${part.conference.organiser}</span>
      <span class="before-meta">${children}<${Clock} /></span>
    </header>
    <${Heading} part=${part} card=${card} />
    <section class=${`before-board${card === "end" ? " is-end" : ""}`}>
      <div class="before-facts">
        <${Time} part=${part} card=${card} />
        ${
          card !== "end" &&
          html`<p>
          <small>${_("Điểm cầu đã kết nối")}</small
          ><strong class="num" data-test="connected-count">${connected}/${sites.length}</strong>
          <progress
            class="bar is-gold"
            max=${Math.max(1, sites.length)}
            value=${connected}
            aria-label=${count}
          ></progress>
        </p>`
        }
      </div>
      ${card !== "end" && html`<${Sites} part=${part} />`}
    </section>
  </main>`;
}
