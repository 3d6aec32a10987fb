import { _ } from "../boot.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {"floor" | "next" | "lost" | "never" | "weak" | "good" | "hall"} MapState */

/** @type {Record<MapState, {icon?: string, word: () => string}>} */
const MARKS = {
  floor: { icon: "mic", word: () => _("Đang phát biểu") },
  next: { icon: "hand", word: () => _("Tiếp theo") },
  lost: { icon: "wifi-off", word: () => _("Mất kết nối") },
  never: { word: () => _("Chưa kết nối") },
  weak: { icon: "triangle-alert", word: () => _("Đường truyền yếu") },
  good: { word: () => _("Đã kết nối") },
  hall: { word: () => _("Chủ trì") },
};

/** A label of more letters than this is set smaller where cells are small. */
const LONG_LABEL = 16;

/**
 * The state of a site as every page shows it.
 * @param {PublicPart} part
 * @param {number} siteId
 * @param {Record<string, import("../types").QualityWord>} links
 * @returns {MapState}
 */
export function mapState(part, siteId, links) {
  if (part.stage.floor_site_id === siteId) return "floor";
  if (!part.connected.includes(siteId)) return part.arrived.includes(siteId) ? "lost" : "never";
  // A speaker in the hall, or one of several, has no picture of his own on the floor, but is a speaker.
  if (part.holders.some((speech) => speech.site_id === siteId && speech.state === "speaking")) return "floor";
  if (part.stage.next_site_id === siteId) return "next";
  if (links[String(siteId)] === "weak") return "weak";
  return part.conference.presiding_site_id === siteId ? "hall" : "good";
}

/**
 * The map of sites: the units' own grid where every site has a place, else a plain grid (also for 97 sites).
 * @param {{part: PublicPart, links: Record<string, import("../types").QualityWord>, note?: (siteId: number) => any}} props `note`: a line below a site's name
 */
export function SiteMap({ part, links, note }) {
  const hasGrid = part.sites.every((site) => site.kind === "hall" || (site.map_column && site.map_row));
  const columns = Math.ceil(Math.sqrt(part.sites.length * 1.6));
  const place = (/** @type {import("../types").Site} */ site) => {
    if (!hasGrid || !site.map_column || !site.map_row) return undefined;
    return site.kind === "hall" ? undefined : { gridColumn: site.map_column, gridRow: site.map_row };
  };
  const frame = hasGrid ? undefined : { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` };
  return html`<ol
    class=${`sitemap${hasGrid ? "" : " is-plain"}`}
    style=${frame}
    aria-label=${_("Sơ đồ điểm cầu")}
    data-test="site-map"
  >
    ${part.sites.map((site) => {
      const state = mapState(part, site.id, links);
      const mark = MARKS[state];
      const isHall = site.kind === "hall" && hasGrid ? " is-hall" : "";
      return html`<li
        key=${site.id}
        class=${`is-${state}${isHall}`}
        style=${place(site)}
        data-site=${site.id}
        data-state=${state}
        title=${site.name}
      >
        <span class=${`sitemap-n${site.label.length > LONG_LABEL ? " is-long" : ""}`}>${site.label}</span>
        ${note && html`<small>${note(site.id)}</small>`} ${mark.icon && html`<${Icon} name=${mark.icon} />`}
        <span class="sr">${mark.word()}</span>
      </li>`;
    })}
  </ol>`;
}
