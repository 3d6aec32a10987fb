// Moves the bar of each `[data-job]` by asking its address until the job has ended. Then the page goes on to `data-then`; a job
// without one shows its file, or why it failed, as does one that `data-stays-failed`. A line that breaks is tried again: the job goes on without this page.

const ASK_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** @typedef {{state: string, state_words: string, words: string, done: number, total: number | null, file: string | null}} Told */

/**
 * @param {HTMLElement} section
 * @param {Told} told
 */
function show(section, told) {
  const put = (/** @type {string} */ name, /** @type {string} */ text) => {
    const element = section.querySelector(`[data-job-${name}]`);
    if (element && element.textContent !== text) element.textContent = text;
  };
  put("state", told.state_words);
  put("words", told.words);
  const bar = section.querySelector("progress");
  if (bar) {
    bar.hidden = told.state === "failed";
    const isDone = told.state === "done";
    if (told.total || isDone) {
      bar.max = told.total || 1;
      bar.value = isDone ? bar.max : told.done;
    } else bar.removeAttribute("value");
  }
  const file = section.querySelector("[data-job-file]");
  if (file instanceof HTMLAnchorElement) file.hidden = !told.file;
  section.classList.toggle("is-bad", told.state === "failed");
  section.dataset.state = told.state;
}

/**
 * What was made takes the bar's place; the page stays, with whatever is being typed in it.
 * @param {HTMLElement} section
 * @param {string} id
 */
function showPicture(section, id) {
  const figure = document.getElementById(id);
  const picture = figure?.querySelector("img");
  if (!figure || !picture) return;
  picture.src = picture.dataset.src ?? "";
  figure.hidden = false;
  (section.closest(".panel") ?? section).toggleAttribute("hidden", true);
}

/** @param {HTMLElement} section */
async function follow(section) {
  const then = section.dataset.then;
  for (let pause = ASK_MS; !["done", "failed"].includes(section.dataset.state ?? ""); ) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const answer = await fetch(section.dataset.job ?? "", { headers: { Accept: "application/json" } });
      if (answer.ok) show(section, await answer.json());
      pause = answer.ok ? ASK_MS : Math.min(LONGEST_PAUSE_MS, pause * 2);
      if (answer.status === 404) return;
    } catch {
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
  }
  if (section.dataset.shows && section.dataset.state === "done") showPicture(section, section.dataset.shows);
  else if (then && !(section.dataset.state === "failed" && "staysFailed" in section.dataset)) location.replace(then);
}

for (const section of document.querySelectorAll("[data-job]"))
  if (section instanceof HTMLElement) {
    const hasEnded = ["done", "failed"].includes(section.dataset.state ?? "");
    if (!hasEnded) void follow(section);
  }
