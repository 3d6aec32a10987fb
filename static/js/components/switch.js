import { html } from "../html.js";

/** Something that is on or off. @param {{isOn: boolean, word: string, onSwitch: (isOn: boolean) => void, test?: string}} props */
export function Switch({ isOn, word, onSwitch, test }) {
  return html`<label class="switch">
    <input
      type="checkbox"
      checked=${isOn}
      data-test=${test}
      onChange=${(/** @type {any} */ event) => onSwitch(event.currentTarget.checked)}
    />
    ${word}
  </label>`;
}
