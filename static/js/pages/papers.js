/** The papers of a conference at the office: sending files, their order, and reading one without leaving the page. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { html } from "../html.js";
import "../office/order_rows.js";
import "../office/upload.js";
import { Viewer } from "../papers/viewer.js";

const opened = signal(/** @type {HTMLAnchorElement | null} */ (null));

function OpenPaper() {
  const link = opened.value;
  if (!link) return null;
  return html`<${Viewer}
    title=${link.textContent ?? ""}
    kind=${link.dataset.kind ?? ""}
    file=${{ url: link.href, headers: {} }}
    onSave=${() => location.assign(link.href)}
    onClose=${() => {
      opened.value = null;
      link.focus();
    }}
  />`;
}

for (const link of document.querySelectorAll("a[data-view]"))
  link.addEventListener("click", (event) => {
    if (!(event instanceof MouseEvent) || event.ctrlKey || event.shiftKey || event.metaKey) return;
    event.preventDefault();
    if (link instanceof HTMLAnchorElement) opened.value = link;
  });

const root = document.getElementById("viewer");
if (root) render(html`<${OpenPaper} />`, root);
