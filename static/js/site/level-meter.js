import { _ } from "../boot.js";
import { html } from "../html.js";
import { useLevel } from "../level.js";
import { usePage } from "./page-context.js";

/** The loudness of the own microphone, as a meter. */
export function LevelMeter() {
  const { media } = usePage();
  const level = useLevel(media.localStream.value?.getAudioTracks()[0]);
  return html`<meter
    class="level-meter"
    min="0"
    max="1"
    low="0.15"
    high="0.92"
    optimum="0.6"
    value=${level}
    aria-label=${_("Âm lượng micro")}
    data-test="level"
  ></meter>`;
}
