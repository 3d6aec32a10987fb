/** The papers that this point may have, to download. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";

/** @typedef {{id: number, title: string, file_name: string, size: number, news: string | null}} Paper */

/** @param {{page: import("./page.js").Page}} props */
export function Papers({ page }) {
  const papers = useSignal(/** @type {Paper[]} */ ([]));
  async function load() {
    const answer = await page.ask("/seat/papers");
    if (answer.ok) papers.value = answer.body.papers;
  }
  useEffect(() => void load(), []);
  /** @param {Paper} paper */
  async function download(paper) {
    const answer = await page.ask(`/seat/papers/${paper.id}/ticket`, "POST");
    if (answer.ok) location.assign(answer.body.url);
    else toast(answer.message, { kind: "bad" });
  }
  const row = (/** @type {Paper} */ paper) => {
    const words = _("Tải %(title)s về", { title: paper.title });
    return html`<li key=${paper.id}><span><b>${paper.title}</b><small class="muted">${paper.file_name}</small></span><span class="row is-tight">${paper.news && html`<span class="badge is-info">${paper.news === "new" ? _("Mới") : _("Bản mới")}</span>`}<button class="btn is-icon is-ghost" type="button" aria-label=${words} onClick=${() => download(paper)}><${Icon} name="download" /></button></span></li>`;
  };
  return html`<section class="panel" data-test="papers"><div class="panel-head"><h2>${_("Tài liệu")}</h2><span class="badge push">${papers.value.length}</span></div>
    ${papers.value.length > 0 ? html`<ul class="people">${papers.value.map(row)}</ul>` : html`<p class="panel-body muted">${_("Chưa có tài liệu.")}</p>`}
  </section>`;
}
