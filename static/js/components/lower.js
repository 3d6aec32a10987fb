import { html } from "../html.js";
import { Icon } from "./icon.js";

/**
 * The lower third of the hall screen: tag, then name (or role), then site and topic; `isSmall` after its first 8 s.
 * @param {{tag: string, icon?: string, name: string, site: string, topic?: string, isSmall?: boolean}} props
 */
export function Lower({ tag, icon = "mic", name, site, topic, isSmall = false }) {
  return html`<div class=${`lower${isSmall ? " is-small" : ""}`} data-test="lower">
    <p class="lower-tag"><${Icon} name=${icon} />${tag}</p>
    <p class="lower-name">${name}</p>
    <p class="lower-site"><span>${site}</span>${topic && html`<span>${topic}</span>`}</p>
  </div>`;
}
