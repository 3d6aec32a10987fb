/** The strip of all sites at the bottom of the hall screen: two rows for sixteen, smaller ones for ninety-seven. */

import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { LinkMark, linkWord } from "../components/link-word.js";
import { mapState } from "../components/site-map.js";
import { html } from "../html.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../components/site-map.js").MapState} MapState */

/** @type {Record<MapState, {kind: string, icon: string, word: () => string}>} */
const MARKS = {
  floor: { kind: "floor", icon: "mic", word: () => _("Đang phát biểu") },
  next: { kind: "next", icon: "hand", word: () => _("Tiếp theo") },
  lost: { kind: "bad", icon: "wifi-off", word: () => _("Mất kết nối") },
  never: { kind: "wait", icon: "loader-circle", word: () => _("Chưa kết nối") },
  weak: { kind: "warn", icon: "triangle-alert", word: () => _("Yếu") },
  good: { kind: "ok", icon: "circle-check", word: () => _("Đã kết nối") },
  hall: { kind: "ok", icon: "megaphone", word: () => _("Chủ trì") },
};

/** A label of more letters than this is set smaller, in two lines. */
const LONG_LABEL = 16;

/** @param {number} count */
export function stripShape(count) {
  if (count <= 18) return { rows: 2, columns: Math.ceil(count / 2), size: "" };
  if (count <= 40) return { rows: 3, columns: Math.ceil(count / 3), size: "is-many" };
  const rows = Math.ceil(count / 12);
  return { rows, columns: Math.ceil(count / rows), size: "is-crowd" };
}

/** @param {{part: PublicPart, links: Record<string, import("../types").QualityWord>}} props */
export function Strip({ part, links }) {
  const { rows, columns, size } = stripShape(part.sites.length);
  const style = {
    gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
    gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
  };
  return html`<ol
    class=${`hall-strip ${size}`.trim()}
    style=${style}
    aria-label=${_("Các điểm cầu")}
    data-test="strip"
  >
    ${part.sites.map((site) => {
      const state = mapState(part, site.id, links);
      const { kind, icon, word } = MARKS[state];
      // Only where the state says nothing more than that the site is there.
      const quality = state === "good" || state === "weak" ? links[String(site.id)] : undefined;
      return html`<li key=${site.id} class=${`is-${kind}`} data-site=${site.id} data-state=${state}>
        ${quality ? html`<${LinkMark} state=${quality} />` : html`<${Icon} name=${icon} />`}<span
          ><strong class=${site.label.length > LONG_LABEL ? "is-long" : ""} title=${site.name}>${site.label}</strong
          ><small class=${size === "is-crowd" ? "sr" : ""}>${quality ? linkWord(quality) : word()}</small></span
        >
      </li>`;
    })}
  </ol>`;
}
