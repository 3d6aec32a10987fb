/** Papers as rows: what each is, what is new, to read here and to save. */

import { useSignal } from "@preact/signals";
import { _, boot } from "../boot.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { save, saveAddress } from "./source.js";
import { Viewer } from "./viewer.js";

/** @typedef {import("./source.js").Paper} Paper */
/** @typedef {import("./shelf.js").Shelf} Shelf */

const oneDecimal = new Intl.NumberFormat(boot.lang, { maximumFractionDigits: 1 });

/** @param {Paper} paper */
export function factsOf(paper) {
  const { size, pages, item_number: item } = paper;
  const words =
    size < 1_000_000 ? `${Math.max(1, Math.round(size / 1000))} KB` : `${oneDecimal.format(size / 1_000_000)} MB`;
  return [
    paper.kind.toUpperCase(),
    words,
    pages && _("%(n)s trang", { n: pages }),
    item && _("Mục %(n)s", { n: item }),
  ]
    .filter(Boolean)
    .join(" · ");
}

/**
 * @param {Shelf} shelf
 * @param {Paper} paper
 */
async function saveFrom(shelf, paper) {
  try {
    await save(shelf.source, paper);
    shelf.noteOpened(paper);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), { kind: "bad" });
    void shelf.ask();
  }
}

/** @param {{shelf: Shelf, paper: Paper}} props */
function Row({ shelf, paper }) {
  const read = () => {
    if (!paper.is_shown) return void saveFrom(shelf, paper);
    shelf.viewed.value = paper;
    shelf.noteOpened(paper);
  };
  const label = _("Tải về: %(title)s", { title: paper.title });
  const news = { new: _("Mới"), changed: _("Bản mới") };
  return html`<li class="file" data-test="paper" data-paper=${paper.id}>
    <${Icon} name="file-text" />
    <div>
      <button type="button" class="paper-open" data-test="paper-open" onClick=${read}>${paper.title}</button>
      <small>
        ${paper.news && html`<span class="badge is-gold">${news[paper.news]}</span> `}
        ${paper.visibility === "desk" && html`<span class="badge is-warn"><${Icon} name="lock" />${_("Chỉ thư ký và chủ trì")}</span> `}
        <span class="num">${factsOf(paper)}</span>
      </small>
    </div>
    <button type="button" class="btn is-icon is-ghost" aria-label=${label} onClick=${() => void saveFrom(shelf, paper)}>
      <${Icon} name="download" />
    </button>
  </li>`;
}

/**
 * All papers, those of the current item first.
 * @param {{shelf: Shelf, currentItemId?: number | null}} props
 */
export function PaperList({ shelf, currentItemId = null }) {
  const papers = shelf.papers.value;
  const state = shelf.state.value;
  if (!papers.length) {
    const words = {
      loading: _("Đang lấy danh sách tài liệu…"),
      failed: _("Chưa lấy được danh sách tài liệu; đang thử lại."),
      ready: _("Chưa có tài liệu nào."),
    };
    return html`<p class="muted paper-none" data-test="no-papers">${words[state]}</p>`;
  }
  const current = papers.filter((paper) => currentItemId !== null && paper.item_id === currentItemId);
  const rest = papers.filter((paper) => !current.includes(paper));
  const rows = (/** @type {Paper[]} */ some) =>
    html`<ul class="paper-list">
      ${some.map((paper) => html`<${Row} key=${paper.id} shelf=${shelf} paper=${paper} />`)}
    </ul>`;
  return html`
    ${current.length > 0 && html`<h3 class="paper-group">${_("Mục đang tiến hành")}</h3>${rows(current)}`}
    ${current.length > 0 && rest.length > 0 && html`<h3 class="paper-group">${_("Tài liệu khác")}</h3>`}
    ${rest.length > 0 && rows(rest)} ${shelf.source.archive && papers.length > 1 && html`<${SaveAll} shelf=${shelf} />`}
  `;
}

/** One file with all papers: it is made first, which takes a while. @param {{shelf: Shelf}} props */
function SaveAll({ shelf }) {
  const share = useSignal(/** @type {number | null} */ (null));
  const make = async () => {
    share.value = 0;
    try {
      const address = await shelf.source.archive?.((done) => (share.value = done));
      if (address) saveAddress(address);
      setTimeout(() => void shelf.ask(), 1000); // all of them count as opened now
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { kind: "bad" });
    }
    share.value = null;
  };
  const percent = Math.round(100 * (share.value ?? 0));
  const making = _("Đang gói tài liệu… %(n)s %", { n: percent });
  return html`<button
    type="button"
    class="btn is-small paper-all"
    disabled=${share.value !== null}
    data-test="papers-all"
    onClick=${() => void make()}
  >
    <${Icon} name="file-down" />${share.value === null ? _("Tải tất cả") : making}
  </button>`;
}

/**
 * The paper that is being read, above everything else. `children`: what must stay in sight meanwhile.
 * @param {{shelf: Shelf, children?: any}} props
 */
export function OpenPaper({ shelf, children }) {
  const paper = shelf.viewed.value;
  if (!paper) return null;
  const isGone = shelf.state.value === "ready" && !shelf.papers.value.some((one) => one.id === paper.id);
  if (isGone) {
    toast(_("Thư ký vừa rút tài liệu “%(title)s”.", { title: paper.title }), { kind: "info" });
    queueMicrotask(() => (shelf.viewed.value = null));
    return null;
  }
  return html`<${Viewer}
    key=${paper.id}
    title=${paper.title}
    kind=${paper.kind}
    file=${shelf.source.file(paper)}
    onSave=${() => void saveFrom(shelf, paper)}
    onClose=${() => (shelf.viewed.value = null)}
  >${children}<//>`;
}
