/** Fields of the forms: a label, what is wrong with it, and what was typed stays. */

import { html } from "../html.js";
import { Icon } from "../components/icon.js";

/**
 * @param {{name: string, label: string, value?: string | number | null, error?: string, hint?: string, type?: string,
 *   maxlength?: number, inputmode?: string, isWide?: boolean, rows?: number, options?: [string, string][]}} props
 */
export function Field(props) {
  const { name, label, value, error, hint, type = "text", maxlength, inputmode, isWide, rows, options } = props;
  const described = error ? `error-${name}` : undefined;
  const common = {
    id: name,
    name,
    class: "input",
    "aria-invalid": error ? "true" : undefined,
    "aria-describedby": described,
  };
  const field = options
    ? html`<select ...${common}>
        ${options.map(([word, text]) => html`<option key=${word} value=${word} selected=${word === String(value ?? "")}>${text}</option>`)}
      </select>`
    : rows
      ? html`<textarea ...${common} rows=${rows} maxlength=${maxlength} defaultValue=${value ?? ""}></textarea>`
      : html`<input ...${common} type=${type} maxlength=${maxlength} inputmode=${inputmode} autocomplete="off" defaultValue=${value ?? ""} />`;
  return html`<div class=${`field${isWide ? " is-wide" : ""}`}>
    <label for=${name}>${label}</label>${field}
    ${error && html`<p class="field-error" id=${described}><${Icon} name="circle-alert" />${error}</p>`}
    ${hint && html`<small>${hint}</small>`}
  </div>`;
}

/** @param {SubmitEvent} event */
export function valuesOf(event) {
  event.preventDefault();
  return Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)));
}
