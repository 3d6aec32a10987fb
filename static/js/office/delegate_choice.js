// Fields that name a delegate: while one types, the delegates that match are offered.

const list = /** @type {HTMLDataListElement} */ (document.getElementById("delegates"));
let asked = "";

/** @param {HTMLInputElement} field */
async function offer(field) {
  const words = field.value.trim();
  if (words === asked || [...list.options].some((option) => option.value === words)) return;
  asked = words;
  const answer = await fetch(`${list.dataset.source}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok || asked !== words) return;
  const { labels } = await answer.json();
  list.replaceChildren(...labels.map((/** @type {string} */ label) => new Option(label, label)));
}

for (const field of document.querySelectorAll("input[list=delegates]")) {
  if (!(field instanceof HTMLInputElement)) continue;
  field.addEventListener("input", () => void offer(field));
  field.addEventListener("focus", () => void offer(field));
}
