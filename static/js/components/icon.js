import { signal } from "@preact/signals";
import { html } from "../html.js";

const SPRITE = "/static/icons/icons.svg";

/**
 * Whether the sprite is part of the page. Until then its symbols are fetched by address, which fails just when it matters: the icons of a
 * lost line are first drawn when the line is lost.
 */
const isInPage = signal(false);

function takeSprite() {
  const request = new XMLHttpRequest(); // its `responseXML` needs no parsing of strings, which Trusted Types forbid
  request.open("GET", SPRITE);
  request.responseType = "document";
  request.overrideMimeType("image/svg+xml");
  request.addEventListener("load", () => {
    const sprite = request.responseXML?.documentElement;
    if (request.status !== 200 || !sprite) return;
    for (const symbol of sprite.querySelectorAll("symbol")) symbol.id = `i-${symbol.id}`;
    sprite.setAttribute("class", "sprite");
    sprite.setAttribute("width", "0");
    sprite.setAttribute("height", "0");
    sprite.setAttribute("aria-hidden", "true");
    document.body.append(document.importNode(sprite, true));
    isInPage.value = true;
  });
  request.send();
}
takeSprite();

/**
 * One icon of the sprite; never alone: a word stands beside it or the button has a label.
 * @param {{name: string, className?: string}} props
 */
export function Icon({ name, className = "" }) {
  const href = isInPage.value ? `#i-${name}` : `${SPRITE}#${name}`;
  return html`<svg class=${`icon ${className}`.trim()} aria-hidden="true" focusable="false">
    <use href=${href} />
  </svg>`;
}
