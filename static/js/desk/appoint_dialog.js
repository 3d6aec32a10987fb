/** The chair appoints a secretary who acts as the chair until dismissed (rule 36). */
import { useState } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";
import { whyOffline } from "./reasons.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @param {{desk: Desk, close: () => void}} props */
export function AppointDialog({ desk, close }) {
  const secretaries = desk.connection.deskPart.value?.secretaries ?? [];
  const [chosen, choose] = useState(secretaries.length === 1 ? secretaries[0]?.account_id : 0);
  const [isBusy, setBusy] = useState(false);
  const why = whyOffline(desk);
  const appoint = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!chosen || isBusy) return;
    setBusy(true);
    const answer = await desk.connection.command("appoint_acting_chair", { account_id: chosen });
    setBusy(false);
    if (answer.ok) close();
  };
  const actions = html`
    <button type="button" class="btn is-lg" data-test="dialog-no" onClick=${close}>${_("Thôi")}</button>
    <button
      type="submit"
      form="appoint"
      class="btn is-lg is-primary"
      disabled=${!chosen || isBusy || Boolean(why)}
      data-test="appoint-yes"
    >
      <${Icon} name="user-check" />${_("Ủy quyền")}
    </button>
  `;
  return html`<${Dialog} title=${_("Ủy quyền điều hành")} onClose=${close} test="appoint-dialog" actions=${actions}>
    <form id="appoint" onSubmit=${appoint}>
      <p class="muted">
        ${_("Thư ký được ủy quyền mời, ngắt, gia hạn phát biểu và điều hành hội nghị như chủ trì. Chủ trì vẫn điều hành được và thôi ủy quyền bất cứ lúc nào.")}
      </p>
      <fieldset class="desk-found is-short">
        <legend class="sr">${_("Thư ký")}</legend>
        ${secretaries.map(
          ({ account_id: id, display_name: name }) =>
            html`<label key=${id} class=${`desk-choice${id === chosen ? " is-chosen" : ""}`}>
              <input type="radio" name="secretary" checked=${id === chosen} onChange=${() => choose(id)} />
              <strong>${name}</strong>
            </label>`,
        )}
      </fieldset>
    </form>
  <//>`;
}
