/** Papers at the desk: how many belong to the open item, all of them in a dialog, read in place. */
import { _, boot } from "../boot.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { OpenPaper, PaperList } from "../papers/list.js";
import { openShelf } from "../papers/shelf.js";
import { staffSource } from "../papers/source.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../papers/shelf.js").Shelf} Shelf */

/** @type {WeakMap<Desk, Shelf>} */
const ofDesk = new WeakMap();

/** @param {Desk} desk */
function shelfOf(desk) {
  const known = ofDesk.get(desk);
  if (known) return known;
  const shelf = openShelf(desk.connection, staffSource(String(boot.conference)));
  ofDesk.set(desk, shelf);
  return shelf;
}

/**
 * Opens the list; its number is of the papers of the open item, or of all while none is open.
 * @param {{desk: Desk, acts: ChairActs}} props
 */
export function PapersButton({ desk, acts }) {
  const papers = shelfOf(desk).papers.value;
  const item = desk.currentItem.value;
  const count = item ? papers.filter((paper) => paper.item_id === item.id).length : papers.length;
  const label = item ? _("Tài liệu, %(n)s của mục này", { n: count }) : _("Tài liệu, %(n)s", { n: count });
  return html`<button
    type="button"
    class="btn is-small is-ghost"
    aria-label=${label}
    title=${label}
    data-test="papers-open"
    onClick=${() => (acts.dialog.value = { name: "papers" })}
  >
    <${Icon} name="paperclip" /><span class="num" data-test="paper-count">${count}</span>
  </button>`;
}

/** @param {{desk: Desk, close: () => void}} props */
export function PapersDialog({ desk, close }) {
  const shelf = shelfOf(desk);
  return html`<${Dialog}
      title=${_("Tài liệu")}
      onClose=${close}
      actions=${html`<button type="button" class="btn is-lg" data-test="dialog-no" onClick=${close}>${_("Đóng")}</button>`}
    >
      <${PaperList} shelf=${shelf} currentItemId=${desk.currentItem.value?.id ?? null} />
    <//>
    <${OpenPaper} shelf=${shelf} />`;
}
