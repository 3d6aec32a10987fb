/** What kind of speech is added to the list: discussion, prepared speech, reply, point of order. */
import { _ } from "../boot.js";
import { html } from "../html.js";
import { kindWord } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * The kind of speech, and of a point of order its category.
 * @param {{desk: Desk, kind: string, categoryId: number | null, setKind: (kind: any) => void, setCategoryId: (id: number | null) => void}} props
 */
export function KindFields({ desk, kind, categoryId, setKind, setCategoryId }) {
  const categories = desk.settings.value?.order_categories ?? [];
  const kinds = /** @type {const} */ (["discussion", "prepared_speech", "reply", "point_of_order"]);
  return html`<div class="desk-kind">
    <div class="field">
      <label for="choose-kind">${_("Hình thức")}</label>
      <select class="input" id="choose-kind" data-test="add-kind" value=${kind} onChange=${(/** @type {any} */ event) => setKind(event.currentTarget.value)}>
        ${kinds.map((one) => html`<option key=${one} value=${one}>${kindWord(one) || _("Phát biểu thảo luận")}</option>`)}
      </select>
    </div>
    ${
      kind === "point_of_order" &&
      categories.length > 0 &&
      html`<div class="field">
        <label for="choose-category">${_("Loại ý kiến")}</label>
        <select class="input" id="choose-category" value=${categoryId ?? ""}
          onChange=${(/** @type {any} */ event) => setCategoryId(Number(event.currentTarget.value) || null)}>
          <option value="">${_("Không phân loại")}</option>
          ${categories.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
        </select>
      </div>`
    }
  </div>`;
}
