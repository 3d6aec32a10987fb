// Buttons that copy an address, or what was typed: `data-copy` holds it, `data-done` what the button says afterwards.

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => void copy(button));
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const address = button.dataset.copy ?? "";
  const label = button.querySelector("span");
  const before = label?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    select(button.dataset.field ?? "");
    return;
  }
  if (label) label.textContent = button.dataset.done ?? before;
  setTimeout(() => { if (label) label.textContent = before; }, 2000);
}

/**
 * Without the clipboard (a page not served securely) the address is selected, to be copied by hand.
 * @param {string} id
 */
function select(id) {
  const field = document.getElementById(id);
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.select();
}
