/** The gallery: sixteen tiles in protocol order, each with its name and how its line is; a lost point stands grey in its place. */

import { _ } from "../boot.js";
import { duration, now } from "../clock.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";
import { LinkWord } from "./link-word.js";
import { mapState } from "./site-map.js";
import { VideoTile } from "./video-tile.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").Site} Site */

const FULL_PAGE = 16;

/** How many tiles side by side. With several pages every tile keeps its size. @param {import("../types").Gallery} gallery */
function sideOf({ pages, tiles }) {
  return Math.ceil(Math.sqrt(pages > 1 ? FULL_PAGE : Math.max(1, tiles.length)));
}

/**
 * What covers the picture, if anything: why there is none.
 * @param {import("./site-map.js").MapState} state
 * @param {import("../types").SitePresence | undefined} presence
 * @param {number | undefined} lostSince
 */
function coverOf(state, presence, lostSince) {
  if (state === "lost") {
    const since = lostSince === undefined ? "" : ` · ${duration(now.value - lostSince)}`;
    return html`<${Icon} name="wifi-off" />${_("Mất kết nối")}<small>${_("Đang nối lại")}<span class="num">${since}</span></small>`;
  }
  if (state === "never") return html`<${Icon} name="loader-circle" />${_("Chưa kết nối")}`;
  return presence?.camera === false ? html`<${Icon} name="video-off" />${_("Camera tắt")}` : null;
}

/** @param {{connection: import("../types").Connection, tiles: import("../types").Tiles, part: PublicPart, site: Site, place: number}} props */
function GalleryTile({ connection, tiles, part, site, place }) {
  const state = mapState(part, site.id, connection.links.value);
  const quality = connection.links.value[String(site.id)];
  const isThere = state !== "lost" && state !== "never";
  return html`<${VideoTile}
    track=${tiles.tracks.value[place]}
    subject=${site.id}
    isLost=${state === "lost"}
    className=${state === "floor" ? "is-floor" : ""}
    message=${coverOf(state, connection.presence.value[String(site.id)], tiles.lostSince.value.get(site.id))}
    label=${site.name}
  >
    ${state === "floor" && html`<p class="gallery-tag"><${Icon} name="mic" />${_("Đang phát biểu")}</p>`}
    <figcaption class="tile-cap">
      <span title=${site.name}>${site.name}</span>
      ${
        state === "next"
          ? html`<span class="gallery-hand"><${Icon} name="hand" />${_("Tiếp theo")}</span>`
          : isThere && quality && html`<${LinkWord} state=${quality} />`
      }
    </figcaption>
  <//>`;
}

/**
 * The page that the desk, or time, has turned to. The pictures of `tiles` are asked for by whoever shows this.
 * @param {{connection: import("../types").Connection, tiles: import("../types").Tiles}} props
 */
export function Gallery({ connection, tiles }) {
  const part = connection.publicPart.value;
  if (!part) return null;
  const side = sideOf(part.gallery);
  const tracks = `repeat(${side}, minmax(0, 1fr))`;
  return html`<ol
    class="gallery"
    style=${{ gridTemplateColumns: tracks, gridTemplateRows: tracks }}
    aria-label=${_("Toàn cảnh các điểm cầu")}
    data-test="gallery"
    data-page=${part.gallery.page}
  >
    ${part.gallery.tiles.map((id, place) => {
      const site = part.sites.find((one) => one.id === id);
      return (
        site &&
        html`<li key=${place} data-site=${id} data-test=${`tile-${place + 1}`} data-state=${mapState(part, id, connection.links.value)}>
          <${GalleryTile} connection=${connection} tiles=${tiles} part=${part} site=${site} place=${place} />
        </li>`
      );
    })}
  </ol>`;
}
