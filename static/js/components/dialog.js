import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "../html.js";

/**
 * A modal dialog: keeps the keyboard inside, Escape closes it (when it may be closed), gives the focus back.
 * @param {{title: string, onClose?: () => void, isAlert?: boolean, actions?: any, children?: any, test?: string}} props
 *   `actions`: the buttons of the bottom row; without `onClose` the dialog asks for an answer.
 */
export function Dialog({ title, onClose, isAlert = false, actions, children, test = "dialog" }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const titleId = useId();
  // At once: what is typed on after the key that opens it belongs in it.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose?.();
  };
  return html`<dialog
    ref=${element}
    class="dialog"
    role=${isAlert ? "alertdialog" : "dialog"}
    aria-labelledby=${titleId}
    data-test=${test}
    onCancel=${cancel}
    onClose=${() => onClose?.()}
  >
    <h3 id=${titleId}>${title}</h3>
    ${children} ${actions && html`<div class="row">${actions}</div>`}
  </dialog>`;
}
