// Rows that can be dragged into another order: `data-order` on their list is the address that takes it, `data-paper` a row's number.
// By keyboard each row has its own buttons.

/** @type {HTMLElement | null} */
let dragged = null;

/** @param {HTMLElement} list */
function numbers(list) {
  return [...list.children].map((row) => (row instanceof HTMLElement ? row.dataset.paper ?? "" : ""));
}

/** @param {HTMLElement} list */
async function keep(list) {
  const body = new URLSearchParams();
  const token = document.querySelector("input[name=csrf_token]");
  body.append("csrf_token", token instanceof HTMLInputElement ? token.value : "");
  for (const number of numbers(list)) body.append("paper", number);
  await fetch(list.dataset.order ?? "", { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  location.reload(); // what the server has now, also when it refused
}

for (const list of document.querySelectorAll("[data-order]")) {
  if (!(list instanceof HTMLElement)) continue;
  let before = "";
  for (const row of list.children) {
    if (!(row instanceof HTMLElement)) continue;
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      before = numbers(list).join();
      row.classList.add("is-dragged");
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      if (dragged === row) return;
      const box = row.getBoundingClientRect();
      list.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? row.nextSibling : row);
    });
    row.addEventListener("dragend", () => {
      row.classList.remove("is-dragged");
      dragged = null;
      if (numbers(list).join() !== before) void keep(list);
    });
  }
}
