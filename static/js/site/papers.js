/** *Tài liệu*: the papers that this site may have, told of when they come and read without leaving the page. */
import { effect } from "@preact/signals";
import { _ } from "../boot.js";
import { chime } from "../chimes.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { OpenPaper, PaperList } from "../papers/list.js";
import { openShelf } from "../papers/shelf.js";
import { seatSource } from "../papers/source.js";
import { OwnBanner } from "./own-banner.js";
import { usePage } from "./page-context.js";

/** @typedef {import("../papers/shelf.js").Shelf} Shelf */
/** @typedef {import("../types").Connection} Connection */

/** @type {WeakMap<Connection, Shelf>} */
const ofConnection = new WeakMap();

/** @param {Connection} connection */
export function shelfOf(connection) {
  const known = ofConnection.get(connection);
  if (known) return known;
  const shelf = openShelf(connection, seatSource(connection.link ?? ""));
  /** @type {Set<string> | null} */
  let before = null;
  effect(() => {
    if (shelf.state.value !== "ready") return;
    const fresh = shelf.papers.value.filter((paper) => paper.news);
    const seen = before;
    if (seen)
      for (const paper of fresh.filter(({ id, number }) => !seen.has(`${id}:${number}`))) {
        const words = _("Tài liệu mới: %(title)s", { title: paper.title });
        toast(words, { kind: "info" });
        chime("tick");
      }
    before = new Set([...(seen ?? []), ...shelf.papers.value.map(({ id, number }) => `${id}:${number}`)]);
  });
  ofConnection.set(connection, shelf);
  return shelf;
}

/** @param {{shelf: Shelf}} props */
export function SitePapers({ shelf }) {
  const { connection } = usePage();
  return html`<div class="site-pan" id="pane-papers" role="tabpanel" aria-labelledby="tab-papers" tabindex="0">
    <${PaperList} shelf=${shelf} currentItemId=${connection.publicPart.value?.current_item_id} />
  </div>`;
}

/** The paper that is read, with the own state above it: nobody misses the floor over a report. @param {{shelf: Shelf}} props */
export function SiteOpenPaper({ shelf }) {
  return html`<${OpenPaper} shelf=${shelf}><${OwnBanner} /><//>`;
}
