import { html } from "../html.js";

const SPRITE = "/static/icons/icons.svg";

/**
 * One icon of the sprite; never alone: a word stands beside it or the button has a label.
 * @param {{name: string, className?: string}} props
 */
export function Icon({ name, className = "" }) {
  return html`<svg class=${`icon ${className}`.trim()} aria-hidden="true" focusable="false"><use href=${`${SPRITE}#${name}`} /></svg>`;
}
