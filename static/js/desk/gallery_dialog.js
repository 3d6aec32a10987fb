/** The gallery at a desk: all points by pages, and whether and when the hall screen shows them. */
import { useEffect, useState } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon } from "../components/index.js";
import { Gallery } from "../components/gallery.js";
import { html } from "../html.js";
import { whyOffline } from "./reasons.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */

const TURNS = [10, 20, 30, 60]; // seconds

/** Opens the gallery; tells when it is on the hall screen. @param {{desk: Desk, acts: ChairActs, className?: string}} props */
export function GalleryButton({ desk, acts, className = "is-small" }) {
  const gallery = desk.connection.publicPart.value?.gallery;
  if (!gallery || desk.conference.value?.status === "scheduled" || desk.isOver.value) return null;
  const label = gallery.is_on_screen
    ? _("Toàn cảnh các điểm cầu: đang chiếu lên màn hình hội trường")
    : _("Toàn cảnh các điểm cầu");
  return html`<button
    type="button"
    class=${`btn ${className}${gallery.is_on_screen ? " is-forced" : ""}`}
    title=${label}
    aria-label=${label}
    data-test="gallery-open"
    onClick=${() => (acts.dialog.value = { name: "gallery" })}
  ><${Icon} name="layout-grid" /><span>${_("Toàn cảnh")}</span></button>`;
}

/** @param {{desk: Desk, close: () => void}} props */
export function GalleryDialog({ desk, close }) {
  const gallery = desk.connection.publicPart.value?.gallery;
  useEffect(() => {
    desk.tiles.isWanted.value = true;
    return () => {
      desk.tiles.isWanted.value = false;
    };
  }, []);
  if (!gallery) return null;
  const turn = (/** @type {number} */ page) => void desk.connection.command("turn_gallery", { page });
  const actions = html`
    ${gallery.pages > 1 && html`<${Pages} gallery=${gallery} isOff=${Boolean(whyOffline(desk))} turn=${turn} />`}
    <button type="button" class="btn is-primary" data-test="dialog-no" onClick=${close}>${_("Đóng")}</button>
  `;
  return html`<${Dialog} title=${_("Toàn cảnh các điểm cầu")} onClose=${close} test="gallery-dialog" actions=${actions}>
    ${
      gallery.tiles.length
        ? html`<${Gallery} connection=${desk.connection} tiles=${desk.tiles} />`
        : html`<p class="empty"><${Icon} name="pause" /><strong>${_("Đang giải lao: hình các điểm cầu không truyền.")}</strong></p>`
    }
    <${OnScreen} desk=${desk} gallery=${gallery} />
  <//>`;
}

/** @param {{gallery: import("../types").Gallery, isOff: boolean, turn: (page: number) => void}} props */
function Pages({ gallery: { page, pages }, isOff, turn }) {
  const to = (/** @type {number} */ other) => turn(((other - 1 + pages) % pages) + 1);
  return html`<div class="gallery-pages" role="group" aria-label=${_("Trang")}>
    <button type="button" class="btn is-icon" aria-label=${_("Trang trước")} disabled=${isOff} data-test="page-back" onClick=${() => to(page - 1)}><${Icon} name="chevron-left" /></button>
    <span class="num" role="status" data-test="gallery-page">${_("Trang %(page)s/%(pages)s", { page, pages })}</span>
    <button type="button" class="btn is-icon" aria-label=${_("Trang sau")} disabled=${isOff} data-test="page-on" onClick=${() => to(page + 1)}><${Icon} name="chevron-right" /></button>
  </div>`;
}

/** @param {{desk: Desk, gallery: import("../types").Gallery}} props */
function OnScreen({ desk, gallery }) {
  const [seconds, setSeconds] = useState(gallery.turn_seconds);
  useEffect(() => setSeconds(gallery.turn_seconds), [gallery.turn_seconds]);
  const isOff = Boolean(whyOffline(desk));
  /** @param {string | null} when @param {number | null} turn_seconds */
  const show = (when, turn_seconds) =>
    void (when
      ? desk.connection.command("show_gallery", { when, turn_seconds })
      : desk.connection.command("hide_gallery"));
  const choices = /** @type {[import("../types").Gallery["shown"], string][]} */ ([
    [null, _("Không chiếu")],
    ["between_speeches", _("Khi không có người phát biểu")],
    ["always", _("Cả khi có người phát biểu")],
  ]);
  /** @param {any} event */
  const setTurn = (event) => {
    const chosen = Number(event.currentTarget.value) || null;
    setSeconds(chosen);
    if (gallery.shown) show(gallery.shown, chosen);
  };
  return html`<fieldset class="gallery-screen">
    <legend>${_("Trên màn hình hội trường")}</legend>
    ${choices.map(
      ([when, word]) =>
        html`<label key=${when}>
          <input type="radio" name="gallery-when" checked=${gallery.shown === when} disabled=${isOff} data-test=${`gallery-${when ?? "off"}`} onChange=${() => show(when, seconds)} />
          ${word}
        </label>`,
    )}
    ${
      gallery.pages > 1 &&
      html`<label>
        ${_("Tự chuyển trang")}
        <select class="input" value=${String(seconds ?? "")} disabled=${isOff} data-test="gallery-turn" onChange=${setTurn}>
          <option value="">${_("Không")}</option>
          ${TURNS.map((n) => html`<option key=${n} value=${String(n)}>${_("%(n)s giây", { n })}</option>`)}
        </select>
      </label>`
    }
  </fieldset>`;
}
