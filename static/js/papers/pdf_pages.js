/**
 * The pages of a PDF, one below the other in a box that scrolls. Only what is in sight or nearly so is drawn; the text lies over the
 * picture, unseen, for screen readers, for marking and for the browser's own search.
 */

import { _ } from "../boot.js";
import { startWorker } from "../trusted.js";

/** @typedef {import("pdfjs-dist").PdfDocument} PdfDocument */
/** @typedef {import("pdfjs-dist").PdfPage} PdfPage */
/** @typedef {{element: HTMLElement, size: {width: number, height: number}, stop: (() => void) | null}} Sheet */

const WORKER = "/static/vendor/pdfjs-dist/pdf.worker.js";
const MARGIN_PX = 24;
const LARGEST_AT_FIRST = 1.5;
const MOST_PIXELS = 12_000_000;
export const SCALES = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];

/**
 * @param {{url: string, headers: Record<string, string>}} file
 */
export async function openPdf(file) {
  const { getDocument, PDFWorker } = await import("pdfjs-dist");
  const port = startWorker(WORKER);
  const worker = PDFWorker.fromPort({ port });
  const task = getDocument({
    url: new URL(file.url, location.href).href,
    httpHeaders: file.headers,
    worker,
    isEvalSupported: false,
    enableXfa: false,
    disableAutoFetch: true,
    disableStream: true,
    rangeChunkSize: 256 * 1024,
    verbosity: 0,
  });
  const close = async () => {
    await task.destroy().catch(() => {});
    worker.destroy();
    port.terminate();
  };
  try {
    return { pdf: await task.promise, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export class PdfPages {
  /** @type {Sheet[]} */
  #sheets = [];
  #scale = 1;
  /** @type {IntersectionObserver} */
  #observer;

  /**
   * @param {HTMLElement} box
   * @param {PdfDocument} pdf
   * @param {(page: number) => void} onPage told which page is read
   */
  constructor(box, pdf, onPage) {
    this.box = box;
    this.pdf = pdf;
    this.onPage = onPage;
    this.#observer = new IntersectionObserver((entries) => this.#seen(entries), { root: box, rootMargin: "100% 0px" });
    box.addEventListener("scroll", this.#scrolled, { passive: true });
  }

  async start() {
    const first = (await this.pdf.getPage(1)).getViewport({ scale: 1 });
    for (let number = 1; number <= this.pdf.numPages; number++) {
      const element = document.createElement("section");
      element.className = "pdf-page";
      element.dataset.page = String(number);
      element.setAttribute("aria-label", _("Trang %(n)s", { n: number }));
      this.#sheets.push({ element, size: { width: first.width, height: first.height }, stop: null });
    }
    this.zoom(Math.min(this.#fit(), LARGEST_AT_FIRST));
    this.box.replaceChildren(...this.#sheets.map((sheet) => sheet.element));
    for (const sheet of this.#sheets) this.#observer.observe(sheet.element);
    this.onPage(1);
  }

  close() {
    this.#observer.disconnect();
    this.box.removeEventListener("scroll", this.#scrolled);
    for (const sheet of this.#sheets) sheet.stop?.();
  }

  get page() {
    const middle = this.box.scrollTop + this.box.clientHeight / 3;
    const after = this.#sheets.findIndex(({ element }) => element.offsetTop > middle);
    return after < 0 ? this.#sheets.length : Math.max(1, after);
  }

  /** @param {number} number */
  goTo(number) {
    const sheet = this.#sheets[Math.min(Math.max(1, number), this.#sheets.length) - 1];
    if (sheet) this.box.scrollTop = sheet.element.offsetTop - MARGIN_PX / 2;
  }

  fitWidth() {
    this.zoom(this.#fit());
  }

  #fit() {
    const widest = Math.max(...this.#sheets.map(({ size }) => size.width));
    return Math.max(0.2, (this.box.clientWidth - MARGIN_PX) / widest);
  }

  get scale() {
    return this.#scale;
  }

  /** @param {number} scale 1: as printed, 72 points an inch on 96 pixels */
  zoom(scale) {
    const at = this.#sheets[0]?.element.isConnected ? this.page : 1;
    this.#scale = scale;
    for (const sheet of this.#sheets) {
      const wasDrawn = sheet.stop;
      this.#lay(sheet);
      if (wasDrawn) {
        wasDrawn();
        this.#draw(sheet);
      }
    }
    this.goTo(at);
  }

  #scrolled = () => this.onPage(this.page);

  /** @param {Sheet} sheet */
  #lay({ element, size }) {
    element.style.width = `${Math.floor(size.width * this.#scale)}px`;
    element.style.height = `${Math.floor(size.height * this.#scale)}px`;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const sheet = this.#sheets.find(({ element }) => element === target);
      if (!sheet) continue;
      if (isIntersecting && !sheet.stop) this.#draw(sheet);
      if (!isIntersecting) {
        sheet.stop?.();
        sheet.stop = null;
      }
    }
  }

  /** @param {Sheet} sheet */
  #draw(sheet) {
    let isStopped = false;
    /** @type {(() => void)[]} */
    const ends = [() => sheet.element.replaceChildren()];
    sheet.stop = () => {
      isStopped = true;
      for (const end of ends) end();
    };
    this.#drawNow(sheet, (end) => (isStopped ? end() : ends.unshift(end))).catch((error) => {
      if (!isStopped) console.warn("page not drawn", error); // a damaged page stays white, the others are read on
    });
  }

  /**
   * @param {Sheet} sheet
   * @param {(end: () => void) => void} onStop
   */
  async #drawNow(sheet, onStop) {
    const [{ TextLayer }, page] = await Promise.all([
      import("pdfjs-dist"),
      this.pdf.getPage(Number(sheet.element.dataset.page)),
    ]);
    let isStopped = false;
    onStop(() => (isStopped = true));
    if (isStopped) return;
    const paper = page.getViewport({ scale: 1 });
    if (paper.width !== sheet.size.width || paper.height !== sheet.size.height) {
      sheet.size = { width: paper.width, height: paper.height };
      this.#lay(sheet);
    }
    const viewport = page.getViewport({ scale: this.#scale });
    const wanted = window.devicePixelRatio || 1;
    const dots = Math.min(wanted, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * dots);
    canvas.height = Math.floor(viewport.height * dots);
    canvas.setAttribute("aria-hidden", "true");
    const canvasContext = canvas.getContext("2d", { alpha: false });
    if (!canvasContext) return;
    const layer = document.createElement("div");
    layer.className = "pdf-text";
    layer.style.setProperty("--scale-factor", String(this.#scale));
    sheet.element.replaceChildren(canvas, layer);
    const task = page.render({ canvasContext, viewport, transform: [dots, 0, 0, dots, 0, 0] });
    onStop(() => task.cancel());
    await task.promise;
    sheet.element.dataset.drawn = "yes";
    const text = new TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
    onStop(() => text.cancel());
    await text.render();
  }
}
