/** The list of a point: who comes, who stands in for whom; from a file too. */

import { useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { Field, valuesOf } from "./fields.js";
import { dayOf } from "./seat.js";
import { ImportDialog } from "./import_list.js";

/** @typedef {import("./seat.js").Delegate} Delegate */

const ROLES = /** @type {[string, string][]} */ ([
  ["delegate", _("Đại biểu")],
  ["guest", _("Khách mời")],
  ["presenter", _("Người trình bày")],
  ["press", _("Báo chí")],
]);
const OTHER_ROLES = { chair: _("Chủ trì"), cochair: _("Đồng chủ trì"), secretary: _("Thư ký") };

/** @param {Delegate} delegate */
export const nameOf = (delegate) => delegate.full_name || delegate.title;

/** @param {string} role */
function roleWords(role) {
  return Object.fromEntries(ROLES)[role] ?? /** @type {Record<string, string>} */ (OTHER_ROLES)[role];
}

/** @param {{page: import("./page.js").Page, delegate: Delegate | null, onClose: () => void}} props */
function DelegateDialog({ page, delegate, onClose }) {
  const errors = useSignal(/** @type {Record<string, string>} */ ({}));
  const version = useSignal(delegate?.version);
  const list = page.held.value?.delegates ?? [];
  const others = list.filter((other) => other.id !== delegate?.id);
  const stands = /** @type {[string, string][]} */ ([
    ["", _("không dự thay ai")],
    ...others.map((other) => /** @type {[string, string]} */ ([String(other.id), nameOf(other)])),
  ]);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    const values = valuesOf(event);
    const path = delegate ? `/seat/delegates/${delegate.id}` : "/seat/delegates";
    const answer = await page.send(path, delegate ? "PUT" : "POST", { ...values, version: version.value });
    const { theirs } = answer.body;
    version.value = answer.body.version ?? version.value;
    errors.value = theirs ? Object.fromEntries(Object.entries(theirs).map(theirsWords)) : answer.errors;
    if (!answer.ok) return;
    toast(delegate ? _("Đã lưu đại biểu.") : _("Đã thêm đại biểu."), { kind: "ok" });
    onClose();
  }
  /** What somebody else has saved in a field meanwhile. @param {[string, string]} field @returns {[string, string]} */
  function theirsWords([name, value]) {
    const named = { role: roleWords, substitute_for_id: (/** @type {string} */ id) => Object.fromEntries(stands)[id] };
    const words = /** @type {Record<string, (value: string) => string>} */ (named)[name]?.(value) ?? value;
    return [name, _("Bản vừa lưu: %(words)s", { words: words || "–" })];
  }
  async function remove() {
    const answer = await page.send(`/seat/delegates/${delegate?.id}`, "DELETE");
    if (answer.ok) onClose();
    else toast(answer.message, { kind: "bad" });
  }

  const hasOwnRole = !delegate || ROLES.some(([word]) => word === delegate.role);
  return html`<${Dialog} title=${delegate ? _("Sửa đại biểu") : _("Thêm đại biểu")} onClose=${onClose}>
    <form class="prepare-form is-single" onSubmit=${submit} novalidate>
      <${Field} name="full_name" label=${_("Họ và tên")} value=${delegate?.full_name} error=${errors.value.full_name} maxlength=${120} />
      <${Field} name="title" label=${_("Chức danh")} value=${delegate?.title} error=${errors.value.title} maxlength=${160} />
      <${Field} name="body" label=${_("Cơ quan")} value=${delegate?.body} error=${errors.value.body} maxlength=${160} />
      ${hasOwnRole && html`<${Field} name="role" label=${_("Tư cách")} value=${delegate?.role ?? "delegate"} error=${errors.value.role} options=${ROLES} />`}
      <${Field} name="substitute_for_id" label=${_("Dự thay cho")} value=${delegate?.substitute_for_id} error=${errors.value.substitute_for_id} options=${stands} />
      <div class="form-end">
        ${delegate?.is_from_site && html`<button class="btn is-danger-line" type="button" onClick=${remove}><${Icon} name="trash-2" />${_("Bỏ đại biểu này")}</button>`}
        <button class="btn" type="button" onClick=${onClose}>${_("Thôi")}</button>
        <button class="btn is-primary" type="submit"><${Icon} name="save" />${_("Lưu đại biểu")}</button>
      </div>
    </form>
  <//>`;
}

/** @param {{page: import("./page.js").Page}} props */
export function Delegates({ page }) {
  const edited = useSignal(/** @type {Delegate | "new" | "import" | null} */ (null));
  const { delegates, answer, terms } = /** @type {import("./seat.js").Preparation} */ (page.held.value);
  const byId = new Map(delegates.map((delegate) => [delegate.id, delegate]));
  const close = () => (edited.value = null);

  async function sendList() {
    const sent = await page.send("/seat/list", "POST");
    toast(sent.ok ? _("Đã gửi danh sách.") : sent.message, { kind: sent.ok ? "ok" : "bad" });
  }
  const sentWords =
    answer.list_sent_at &&
    _("Danh sách đã gửi lúc %(hour)s ngày %(day)s.", {
      hour: clockTime(answer.list_sent_at),
      day: dayOf(answer.list_sent_at),
    });
  const row = (/** @type {Delegate} */ delegate) => {
    const stands = byId.get(delegate.substitute_for_id ?? 0);
    const standsWords = stands && _("dự thay %(who)s", { who: nameOf(stands) });
    const editWords = _("Sửa %(who)s", { who: nameOf(delegate) });
    return html`<li key=${delegate.id}>
      <span>${delegate.full_name && html`<b>${delegate.full_name}</b><br />`}${delegate.title}${delegate.body && !delegate.title.includes(delegate.body) && html`<small class="muted">${delegate.body}</small>`}${standsWords && html`<small>${standsWords}</small>`}</span>
      <span class="row is-tight">${delegate.role !== "delegate" && html`<span class="badge is-gold">${roleWords(delegate.role)}</span>`}${terms.is_open && html`<button class="btn is-icon is-ghost" type="button" aria-label=${editWords} onClick=${() => (edited.value = delegate)}><${Icon} name="pencil" /></button>`}</span>
    </li>`;
  };
  return html`<section class="panel" data-test="delegates"><div class="panel-head"><h2>${_("Danh sách đại biểu")}</h2><span class="badge push">${delegates.length}</span></div>
    ${delegates.length > 0 ? html`<ul class="people">${delegates.map(row)}</ul>` : html`<div class="empty"><${Icon} name="users" /><strong>${_("Chưa có đại biểu")}</strong></div>`}
    ${
      terms.is_open &&
      html`<div class="panel-body stack">
        <div class="row is-wrap"><button class="btn" type="button" onClick=${() => (edited.value = "new")}><${Icon} name="user-plus" />${_("Thêm đại biểu")}</button><button class="btn" type="button" onClick=${() => (edited.value = "import")}><${Icon} name="upload" />${_("Nhập từ tệp")}</button><a class="btn is-ghost" href="/seat/template.xlsx" download><${Icon} name="file-down" />${_("Tải mẫu .xlsx")}</a></div>
        <div class="form-end"><p class="muted grow">${sentWords || _("Khi đã đủ, bấm gửi để ban tổ chức biết.")}</p><button class="btn is-primary" type="button" onClick=${sendList}><${Icon} name="send" />${answer.list_sent_at ? _("Gửi lại danh sách") : _("Gửi danh sách")}</button></div>
      </div>`
    }
    ${edited.value === "import" && html`<${ImportDialog} page=${page} onClose=${close} />`}
    ${edited.value && edited.value !== "import" && html`<${DelegateDialog} page=${page} delegate=${edited.value === "new" ? null : edited.value} onClose=${close} />`}
  </section>`;
}
