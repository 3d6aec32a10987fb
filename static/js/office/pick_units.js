// A long list of checkboxes: search in it, choose all that are shown.

/** @param {string} text lower case, without marks, as people type in a hurry */
function bare(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
}

for (const form of document.querySelectorAll("[data-pick]")) {
  const tools = form.querySelector("[data-pick-tools]");
  const search = form.querySelector("input[type=search]");
  const all = form.querySelector("[data-pick-all]");
  const labels = [...form.querySelectorAll(".unit-checks label")];
  if (!(tools instanceof HTMLElement && search instanceof HTMLInputElement && all instanceof HTMLInputElement)) continue;
  const boxOf = (/** @type {Element} */ label) => /** @type {HTMLInputElement} */ (label.querySelector("input"));
  const shown = () => labels.filter((label) => label instanceof HTMLElement && !label.hidden);
  const look = () => {
    const boxes = shown().map(boxOf);
    all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  };
  tools.hidden = false;
  search.addEventListener("input", () => {
    const words = bare(search.value).split(/\s+/);
    for (const label of labels)
      if (label instanceof HTMLElement)
        label.hidden = !words.every((word) => bare(label.textContent ?? "").includes(word));
    look();
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  all.addEventListener("change", () => {
    for (const label of shown()) boxOf(label).checked = all.checked;
  });
  form.addEventListener("change", (event) => event.target !== all && look());
}
