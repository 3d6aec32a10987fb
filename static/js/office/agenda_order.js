/**
 * The agenda's order by dragging and by the arrow keys on a row's handle: up, down, right (under the item above), left.
 *
 * The whole order is sent with the version it was seen in. Rows are moved at once; numbers and times come with the answer.
 * A stale order is sent again as a form, whose answer is the page that shows both.
 */

const form = /** @type {HTMLFormElement} */ (document.getElementById("order-form"));
const body = /** @type {HTMLElement} */ (document.getElementById("agenda"));
const told = /** @type {HTMLElement} */ (document.getElementById("order-told"));

/** @typedef {{id: number, number: string, clock: string, depth: number}} Placed */

/** @returns {HTMLElement[]} */
function rows() {
  return /** @type {HTMLElement[]} */ ([...body.children]);
}

/** @param {HTMLElement} row */
function isSub(row) {
  return row.dataset.depth === "1";
}

/**
 * An item with its sub-items; a sub-item alone.
 * @param {HTMLElement} row
 */
function blockOf(row) {
  const block = [row];
  if (isSub(row)) return block;
  for (let next = row.nextElementSibling; next instanceof HTMLElement && isSub(next); next = next.nextElementSibling) block.push(next);
  return block;
}

function orderText() {
  return rows().map((row) => `${row.dataset.item}:${row.dataset.depth}`).join(" ");
}

/** @param {HTMLElement} row @param {number} depth */
function setDepth(row, depth) {
  row.dataset.depth = String(depth);
  row.classList.toggle("is-sub", depth === 1);
}

/** Puts the rows into this order. @param {string} text */
function arrange(text) {
  for (const pair of text.split(" ")) {
    const [id, depth] = pair.split(":");
    const row = rows().find((one) => one.dataset.item === id);
    if (!row) continue;
    setDepth(row, Number(depth));
    body.append(row);
  }
}

let saving = Promise.resolve();

/** @param {HTMLElement} row the row that has moved @param {string} before the order to go back to */
function save(row, before) {
  const wanted = orderText();
  if (wanted === before) return;
  saving = saving.then(() => send(row, wanted, before));
}

/** @param {HTMLElement} row @param {string} wanted @param {string} before */
async function send(row, wanted, before) {
  const fields = new FormData(form);
  fields.set("order", wanted);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (fields)), headers: { Accept: "application/json" } });
    if (answer.status === 409) {
      field("order").value = wanted;
      form.submit();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    take(await answer.json(), wanted === orderText() ? row : null);
  } catch {
    arrange(before);
    told.textContent = told.dataset.failed ?? "";
    told.classList.remove("sr");
  }
}

/** @param {{version: number, items: Placed[]}} answer @param {HTMLElement | null} row */
function take(answer, row) {
  field("version").value = String(answer.version);
  field("order").value = answer.items.map((item) => `${item.id}:${item.depth}`).join(" ");
  told.classList.add("sr");
  for (const item of answer.items) {
    const place = rows().find((one) => one.dataset.item === String(item.id));
    if (!place) continue;
    const [number, clock] = [place.querySelector("[data-number]"), place.querySelector("[data-clock]")];
    if (number) number.textContent = item.number;
    if (clock) clock.textContent = item.clock;
    if (place === row) told.textContent = (told.dataset.moved ?? "").replace("{number}", item.number).replace("{clock}", item.clock);
  }
  const last = rows().length - 1;
  rows().forEach((place, at) => {
    const [up, down] = /** @type {NodeListOf<HTMLButtonElement>} */ (place.querySelectorAll("button[name=move]"));
    if (up) up.disabled = at === 0;
    if (down) down.disabled = at === last;
  });
}

/** @param {string} name @returns {HTMLInputElement} */
function field(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/** @param {HTMLElement} row @param {string} key */
function step(row, key) {
  const block = blockOf(row);
  const above = row.previousElementSibling;
  const below = block[block.length - 1]?.nextElementSibling ?? null;
  if (key === "ArrowUp" && above instanceof HTMLElement) {
    const target = isSub(row) || !isSub(above) ? above : rows().slice(0, rows().indexOf(row)).reverse().find((one) => !isSub(one));
    if (target && (rows()[0] !== target || !isSub(row))) target.before(...block);
  } else if (key === "ArrowDown" && below instanceof HTMLElement) {
    const after = isSub(row) ? below : (blockOf(below).at(-1) ?? below);
    after.after(...block);
  } else if (key === "ArrowRight" && above && !isSub(row)) {
    for (const one of block) setDepth(one, 1);
  } else if (key === "ArrowLeft" && isSub(row)) {
    setDepth(row, 0);
  }
}

/** @param {KeyboardEvent} event @param {HTMLElement} row @param {HTMLElement} grip */
function onKey(event, row, grip) {
  if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  const before = orderText();
  step(row, event.key);
  grip.focus();
  save(row, before);
}

/** @param {PointerEvent} event @param {HTMLElement} row @param {HTMLElement} grip */
function onDrag(event, row, grip) {
  if (event.button !== 0) return;
  event.preventDefault();
  grip.focus();
  const before = orderText();
  const block = blockOf(row);
  for (const one of block) one.classList.add("is-drag");

  /** @param {PointerEvent} move */
  const onMove = (move) => {
    if (move.pointerId !== event.pointerId) return;
    const over = rows().find((one) => {
      const box = one.getBoundingClientRect();
      return move.clientY >= box.top && move.clientY < box.bottom;
    });
    if (!over || block.includes(over)) return;
    const box = over.getBoundingClientRect();
    const isLower = move.clientY > box.top + box.height / 2;
    if (!isSub(row)) {
      const whole = isSub(over) ? rows().slice(0, rows().indexOf(over)).reverse().find((one) => !isSub(one)) : over;
      if (!whole || block.includes(whole)) return;
      if (isLower) blockOf(whole).at(-1)?.after(...block);
      else whole.before(...block);
    } else if (isLower) over.after(row);
    else if (over !== rows()[0]) over.before(row);
  };
  /** @param {boolean} isKept */
  const end = (isKept) => {
    for (const one of block) one.classList.remove("is-drag");
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onUp);
    window.removeEventListener("pointercancel", onCancel);
    window.removeEventListener("keydown", onEscape, true);
    if (isKept) save(row, before);
    else arrange(before);
  };
  const onUp = () => end(true);
  const onCancel = () => end(false);
  /** @param {KeyboardEvent} key */
  const onEscape = (key) => {
    if (key.key === "Escape") end(false);
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onUp);
  window.addEventListener("pointercancel", onCancel);
  window.addEventListener("keydown", onEscape, true);
}

for (const row of rows()) {
  const grip = row.querySelector(".grip");
  if (!(grip instanceof HTMLElement)) continue;
  grip.hidden = false;
  grip.addEventListener("keydown", (event) => onKey(event, row, grip));
  grip.addEventListener("pointerdown", (event) => onDrag(event, row, grip));
}
