import { html } from "../html.js";
import { Icon } from "./icon.js";

/** @typedef {"muted" | "info" | "warn" | "next" | "floor" | "bad"} BannerKind */

/**
 * The state banner: an icon, a large word, a sentence; at the right a figure or a button.
 * @param {{kind: BannerKind, icon: string, title: string, text?: any, children?: any, test?: string}} props
 */
export function Banner({ kind, icon, title, text, children, test = "banner" }) {
  return html`<div class=${`banner is-${kind}`} data-test=${test} data-state=${kind}>
    <span class="icon-lead-w"><${Icon} name=${icon} className="icon-lead" /></span>
    <p class="grow"><strong>${title}</strong>${text && html`<span>${text}</span>`}</p>
    ${children}
  </div>`;
}
