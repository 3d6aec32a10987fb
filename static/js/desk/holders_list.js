/** The further speakers of a dialogue, and whom a point of order interrupts: each with its clock, and the chair's acts. */
import { _ } from "../boot.js";
import { Icon, readTimer } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { iconOf, isPausedByChair, stateWord } from "./speech_words.js";
import { personLine } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").Speech} Speech */

/** All but the one granted last. @param {{desk: Desk, acts: ChairActs}} props */
export function OtherHolders({ desk, acts }) {
  const others = desk.holders.value.filter((speech) => speech.request_id !== desk.floor.value?.request_id);
  if (!others.length) return null;
  return html`<ol class="chair-holders" aria-label=${_("Cũng đang giữ lượt phát biểu")} data-test="holders">
    ${others.map((speech) => html`<${Holder} key=${speech.request_id} desk=${desk} acts=${acts} speech=${speech} />`)}
  </ol>`;
}

/** @param {{desk: Desk, acts: ChairActs, speech: Speech}} props */
function Holder({ desk, acts, speech }) {
  const { kind, text } = readTimer(speech);
  const site = desk.siteName(speech.site_id);
  const own = acts.of(speech.request_id);
  const isMuted = speech.paused_by.includes("muted");
  const isStopped = isPausedByChair(speech);
  const [endLabel, muteLabel, openLabel, onLabel] = [
    _("Kết thúc lượt của %(site)s", { site }),
    _("Ngắt micro của %(site)s", { site }),
    _("Mở lại micro của %(site)s", { site }),
    _("Cho %(site)s nói tiếp", { site }),
  ];
  return html`<li data-holder=${speech.request_id} data-state=${speech.state}>
    <div class="grow">
      <strong>${site}</strong>
      <span class="muted" title=${personLine(speech)}><${Icon} name=${iconOf(speech)} />${stateWord(speech)}</span>
    </div>
    <span class=${`num timer is-${kind}`}>${text}</span>
    ${
      desk.isChairing.value &&
      html`${
        isStopped
          ? html`<${ActButton} act=${own.goOn} icon="play" className="is-icon" test="holder-go-on" label=${onLabel} />`
          : html`<${ActButton}
            act=${own.microphone}
            icon=${isMuted ? "mic" : "mic-off"}
            className="is-icon"
            test="holder-mute"
            label=${isMuted ? openLabel : muteLabel}
          />`
      }
      <${ActButton} act=${own.end} icon="circle-stop" className="is-icon is-danger-line" test="holder-end" label=${endLabel} />`
    }
  </li>`;
}
