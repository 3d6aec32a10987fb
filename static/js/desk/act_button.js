import { html } from "../html.js";
import { Icon } from "../components/icon.js";

/**
 * The button of an act: it keeps the focus while it waits for the answer, and says why it cannot be used.
 * @param {{act: import("./acts.js").Act, icon: string, children?: any, className?: string, test?: string, keys?: string, label?: string}} props
 */
export function ActButton({ act, icon, children, className = "", test, keys, label }) {
  const reason = act.why();
  const isBusy = act.isBusy.value;
  return html`<button
    type="button"
    class=${`btn ${className}`.trim()}
    aria-disabled=${reason || isBusy ? "true" : undefined}
    aria-busy=${isBusy ? "true" : undefined}
    aria-keyshortcuts=${keys}
    aria-label=${label}
    title=${reason ?? undefined}
    data-test=${test}
    onClick=${act.act}
  >
    <${Icon} name=${icon} />${children && html`<span>${children}</span>`}
  </button>`;
}
