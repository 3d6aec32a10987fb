/** Reads a PDF or a picture over the whole page. By keyboard: ← → pages, + − size, 0 the full width, Esc back. */

import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { openPdf, PdfPages, SCALES } from "./pdf_pages.js";

/** @typedef {{url: string, headers: Record<string, string>}} File */

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.kind
 * @param {File} props.file
 * @param {() => void} props.onSave
 * @param {() => void} props.onClose
 * @param {any} [props.children] what stays in sight above the paper
 */
export function Viewer({ title, kind, file, onSave, onClose, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const pages = useRef(/** @type {PdfPages | null} */ (null));
  const state = useSignal(/** @type {"loading" | "shown" | "failed"} */ ("loading"));
  const page = useSignal(1);
  const count = useSignal(0);
  const titleId = useId();

  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  useEffect(() => {
    let isClosed = false;
    /** @type {() => void} */
    let close = () => {};
    const opened = kind === "pdf" ? showPdf() : showPicture();
    opened.then(
      (end) => {
        if (isClosed) return end();
        close = end;
        state.value = "shown";
        requestAnimationFrame(() => box.current?.focus());
      },
      (error) => {
        console.warn("paper not shown", error);
        if (!isClosed) state.value = "failed";
      },
    );
    return () => {
      isClosed = true;
      close();
    };
  }, [file.url]);

  async function showPdf() {
    const { pdf, close } = await openPdf(file);
    if (!box.current) {
      void close();
      return () => {};
    }
    const shown = new PdfPages(box.current, pdf, (number) => (page.value = number));
    await shown.start();
    pages.current = shown;
    count.value = pdf.numPages;
    return () => {
      pages.current = null;
      shown.close();
      void close();
    };
  }

  async function showPicture() {
    const answer = await fetch(file.url, { headers: file.headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const address = URL.createObjectURL(await answer.blob());
    const picture = new Image();
    picture.alt = title;
    picture.className = "viewer-picture";
    picture.src = address;
    await picture.decode();
    box.current?.replaceChildren(picture);
    return () => URL.revokeObjectURL(address);
  }

  /** @param {1 | -1} step */
  function zoom(step) {
    const shown = pages.current;
    if (!shown) return;
    const larger = SCALES.find((scale) => scale > shown.scale + 0.01);
    const smaller = SCALES.findLast((scale) => scale < shown.scale - 0.01);
    shown.zoom((step > 0 ? larger : smaller) ?? shown.scale);
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowRight: () => pages.current?.goTo(pages.current.page + 1),
    ArrowLeft: () => pages.current?.goTo(pages.current.page - 1),
    Home: () => pages.current?.goTo(1),
    End: () => pages.current?.goTo(count.peek()),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    0: () => pages.current?.fitWidth(),
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const button = (/** @type {string} */ icon, /** @type {string} */ label, /** @type {() => void} */ act) =>
    html`<button type="button" class="btn is-icon is-ghost" aria-label=${label} title=${label} onClick=${act}>
      <${Icon} name=${icon} />
    </button>`;
  const place = _("Trang %(n)s/%(count)s", { n: page.value, count: count.value });

  return html`<dialog
    ref=${dialog}
    class="viewer"
    aria-labelledby=${titleId}
    data-test="viewer"
    data-state=${state.value}
    onKeyDown=${press}
    onCancel=${(/** @type {Event} */ event) => {
      event.preventDefault();
      onClose();
    }}
  >
    <header class="viewer-bar">
      <h2 id=${titleId}>${title}</h2>
      ${
        count.value > 0 &&
        html`<div class="viewer-tools" role="group" aria-label=${_("Trang và cỡ chữ")}>
          ${button("chevron-left", _("Trang trước (←)"), keys.ArrowLeft)}
          <span class="num" data-test="viewer-page">${place}</span>
          ${button("chevron-right", _("Trang sau (→)"), keys.ArrowRight)}
          ${button("minus", _("Thu nhỏ (−)"), keys["-"])} ${button("plus", _("Phóng to (+)"), keys["+"])}
          <button type="button" class="btn is-small is-ghost viewer-wide" onClick=${keys[0]}>${_("Vừa chiều rộng")}</button>
        </div>`
      }
      ${button("download", _("Tải về"), onSave)}
      <button type="button" class="btn is-small" data-test="viewer-close" onClick=${onClose}>
        <${Icon} name="x" />${_("Đóng")}
      </button>
    </header>
    ${children}
    <p class="sr" role="status">${count.value > 0 && place}</p>
    ${state.value === "loading" && html`<p class="viewer-word">${_("Đang mở tài liệu…")}</p>`}
    ${state.value === "failed" && html`<p class="viewer-word" role="alert">${_("Không mở được tài liệu ở đây. Hãy tải về để xem.")}</p>`}
    <div class="viewer-box" ref=${box} tabindex="0" role="region" aria-label=${_("Nội dung tài liệu")}></div>
  </dialog>`;
}
