/** The speeches that a point asks for before the day. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { nameOf } from "./delegates.js";
import { Field, valuesOf } from "./fields.js";

/** @param {{page: import("./page.js").Page}} props */
export function Speeches({ page }) {
  const errors = useSignal(/** @type {Record<string, string>} */ ({}));
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const { speeches, delegates, terms } = /** @type {import("./seat.js").Preparation} */ (page.held.value);
  const who = /** @type {[string, string][]} */ ([
    ["", _("Chọn đại biểu")],
    ...delegates.map((delegate) => /** @type {[string, string]} */ ([String(delegate.id), nameOf(delegate)])),
  ]);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    const answer = await page.send("/seat/speeches", "POST", valuesOf(event));
    errors.value = answer.errors;
    if (!answer.ok) return;
    form.current?.reset();
    toast(_("Đã đăng ký phát biểu."), { kind: "ok" });
  }
  const row = (/** @type {import("./seat.js").Speech} */ speech) => {
    const length = _("%(count)d phút", { count: speech.minutes });
    const removeWords = _("Rút đăng ký: %(topic)s", { topic: speech.topic });
    return html`<li key=${speech.id}><span><b>${speech.topic}</b><small class="muted">${speech.who}, ${length}</small></span>${terms.is_open && html`<button class="btn is-icon is-ghost" type="button" aria-label=${removeWords} onClick=${() => page.send(`/seat/speeches/${speech.id}`, "DELETE")}><${Icon} name="x" /></button>`}</li>`;
  };
  return html`<section class="panel" data-test="speeches"><div class="panel-head"><h2>${_("Phát biểu đăng ký trước")}</h2><span class="badge push">${speeches.length}</span></div>
    ${speeches.length > 0 && html`<ul class="people">${speeches.map(row)}</ul>`}
    ${
      terms.is_open
        ? html`<form class="panel-body prepare-form" ref=${form} onSubmit=${submit} novalidate>
            <${Field} name="delegate_id" label=${_("Người phát biểu")} error=${errors.value.delegate_id} options=${who} />
            <${Field} name="minutes" label=${_("Số phút")} value=${5} error=${errors.value.minutes} inputmode="numeric" />
            <${Field} name="topic" label=${_("Nội dung phát biểu")} error=${errors.value.topic} maxlength=${250} isWide=${true} />
            <div class="form-end is-wide"><p class="muted grow">${_("Đăng ký trước để ban tổ chức xếp chương trình; trong hội nghị vẫn đăng ký được.")}</p><button class="btn" type="submit"><${Icon} name="plus" />${_("Đăng ký")}</button></div>
          </form>`
        : speeches.length === 0 && html`<p class="panel-body muted">${_("Không có đăng ký nào.")}</p>`
    }
  </section>`;
}
