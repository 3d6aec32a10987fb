/** The running script of the open item, or of the next: what is said, what is done, the moderator's own note. No site sees it. */
import { _ } from "../boot.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */

/** Whether there is anything to read. @param {Desk} desk */
export function hasScript(desk) {
  const script = desk.connection.deskPart.value?.script;
  return Boolean(script && (script.say || script.do || script.private_note));
}

/** Opens the dialog; not there when nothing is written. @param {{desk: Desk, acts: ChairActs}} props */
export function ScriptButton({ desk, acts }) {
  if (!hasScript(desk)) return null;
  const label = _("Kịch bản điều hành");
  return html`<button
    type="button"
    class="btn is-icon is-ghost"
    aria-label=${label}
    title=${label}
    data-test="script-open"
    onClick=${() => (acts.dialog.value = { name: "script" })}
  >
    <${Icon} name="scroll-text" />
  </button>`;
}

/** It follows the agenda while it is open. @param {{desk: Desk, close: () => void}} props */
export function ScriptDialog({ desk, close }) {
  const script = desk.connection.deskPart.value?.script;
  const item = desk.agenda.value.find((one) => one.id === script?.item_id);
  const parts = script
    ? [
        { name: "say", icon: "megaphone", title: _("Lời dẫn"), text: script.say },
        { name: "do", icon: "monitor", title: _("Việc kỹ thuật"), text: script.do },
        { name: "note", icon: "lock", title: _("Ghi chú riêng"), text: script.private_note },
      ].filter(({ text }) => text)
    : [];
  return html`<${Dialog}
    title=${_("Kịch bản điều hành")}
    onClose=${close}
    test="script-dialog"
    actions=${html`<button type="button" class="btn" onClick=${close}>${_("Đóng")}</button>`}
  >
    <div class="stack desk-script">
      ${item && html`<p class="muted">${_("Mục %(n)s: %(title)s", { n: item.number, title: item.title })}</p>`}
      ${parts.map(({ name, icon, title, text }) => html`<section key=${name}><h3><${Icon} name=${icon} /> ${title}</h3><p data-test=${`script-${name}`}>${text}</p></section>`)}
      ${!parts.length && html`<p class="muted">${_("Mục này chưa có kịch bản.")}</p>`}
    </div>
  <//>`;
}
