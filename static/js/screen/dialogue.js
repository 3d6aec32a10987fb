/** The further speakers of a dialogue on the hall screen, and whom a point of order interrupts: who, and the time left. */

import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { readTimer } from "../components/timer.js";
import { html } from "../html.js";
import { headline, seenSpeech, siteOf } from "../words.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").Speech} Speech */

/** All who hold the floor but the one that is seen. @param {PublicPart} part */
export function otherSpeakers(part) {
  return part.holders.filter((speech) => speech.request_id !== seenSpeech(part)?.request_id && speech.state !== "warning");
}

/** @param {{part: PublicPart}} props */
export function Dialogue({ part }) {
  const others = otherSpeakers(part);
  if (!others.length) return null;
  return html`<section class="hall-next hall-dialogue" aria-label=${_("Cũng đang phát biểu")} data-test="dialogue">
    <ol>
      ${others.map((speech) => html`<${Row} key=${speech.request_id} part=${part} speech=${speech} />`)}
    </ol>
  </section>`;
}

/** @param {{part: PublicPart, speech: Speech}} props */
function Row({ part, speech }) {
  const { kind, text } = readTimer(speech);
  const isHeard = speech.state === "speaking" && speech.is_microphone_open;
  const icon = speech.state === "held" ? "wifi-off" : isHeard ? "mic" : speech.state === "paused" ? "pause" : "mic-off";
  return html`<li data-holder=${speech.request_id} data-state=${speech.state}>
    <${Icon} name=${icon} />
    <span><strong>${siteOf(part, speech.site_id)?.name}</strong><small>${headline(speech)}</small></span>
    <span class=${`hall-dialogue-t num is-${kind}`}>${text}</span>
  </li>`;
}
