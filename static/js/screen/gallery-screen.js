/** The hall screen while it shows the gallery. */

import { _ } from "../boot.js";
import { Gallery } from "../components/gallery.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { Top } from "./live-stage.js";

/** @param {{part: import("../types").PublicPart, connection: import("../types").Connection, tiles: import("../types").Tiles, children?: any}} props `children`: discreet tags of the top line */
export function GalleryScreen({ part, connection, tiles, children }) {
  const { page, pages } = part.gallery;
  const there = part.sites.filter((site) => part.connected.includes(site.id)).length;
  return html`<main class="hall is-gallery" data-test="stage" data-large="gallery">
    <${Top} part=${part}>
      ${children}
      ${pages > 1 && html`<span class="hall-count" data-test="gallery-page">${_("Trang %(page)s/%(pages)s", { page, pages })}</span>`}
      <span class="hall-count"
        ><${Icon} name="monitor" /><span><strong class="num">${there}/${part.sites.length}</strong> ${_("điểm đang nối")}</span></span
      >
    <//>
    <${Gallery} connection=${connection} tiles=${tiles} />
  </main>`;
}
