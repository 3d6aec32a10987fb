/** Whether the point comes, with how many, and a remark. */

import { useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { Field, valuesOf } from "./fields.js";
import { dayOf } from "./seat.js";

/** @param {{page: import("./page.js").Page}} props */
function Given({ page }) {
  const { answer } = /** @type {import("./seat.js").Preparation} */ (page.held.value);
  if (!answer.answered_at) return html`<p class="muted">${_("Điểm cầu chưa trả lời.")}</p>`;
  const when = _("%(who)s trả lời lúc %(hour)s ngày %(day)s", {
    who: answer.answered_by,
    hour: clockTime(answer.answered_at),
    day: dayOf(answer.answered_at),
  });
  const isComing = answer.state === "confirmed";
  return html`<p data-test="answered"><span class=${`badge is-${isComing ? "ok" : "bad"}`}><${Icon} name=${isComing ? "check" : "x"} />${isComing ? _("Dự") : _("Không dự")}</span> <span class="muted">${when}</span></p>`;
}

/** @param {{page: import("./page.js").Page}} props */
export function AnswerForm({ page }) {
  const errors = useSignal(/** @type {Record<string, string>} */ ({}));
  const isSending = useSignal(false);
  const { answer, site, terms } = /** @type {import("./seat.js").Preparation} */ (page.held.value);

  /** @param {SubmitEvent} event */
  async function submit(event) {
    const values = valuesOf(event);
    isSending.value = true;
    const given = await page.send("/seat/answer", "POST", values);
    isSending.value = false;
    errors.value = given.errors;
    if (given.ok) toast(_("Đã gửi trả lời."), { kind: "ok" });
  }

  const choices = /** @type {["confirmed" | "declined", string][]} */ ([
    ["confirmed", _("Xác nhận dự")],
    ["declined", _("Không dự được")],
  ]);
  return html`<section class="panel"><div class="panel-head"><h2>${_("Trả lời giấy mời")}</h2></div>
    <div class="panel-body stack"><${Given} page=${page} />
    ${
      terms.is_open &&
      html`<form class="prepare-form" onSubmit=${submit} novalidate data-test="answer">
        <fieldset class="is-wide prepare-choice"><legend class="sr">${_("Trả lời")}</legend>
          ${choices.map(([word, text]) => html`<label class="check" key=${word}><input type="radio" name="state" value=${word} defaultChecked=${(answer.state ?? "confirmed") === word} />${text}</label>`)}
        </fieldset>
        <${Field} name="answered_by" label=${_("Người trả lời")} value=${answer.answered_by} error=${errors.value.answered_by} maxlength=${160} />
        <${Field} name="head_count" label=${_("Số người dự kiến")} value=${answer.head_count ?? site.expected_count} error=${errors.value.head_count} inputmode="numeric" />
        <${Field} name="remark" label=${_("Ghi chú, hoặc lý do không dự")} value=${answer.remark} error=${errors.value.remark} maxlength=${500} rows=${2} isWide=${true} />
        <div class="form-end is-wide"><button class="btn is-primary" type="submit" disabled=${isSending.value}><${Icon} name="send" />${_("Gửi trả lời")}</button></div>
      </form>`
    }</div>
  </section>`;
}
