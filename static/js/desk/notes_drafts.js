/** What was typed and is not saved yet, on this machine: by conference, speech and tab, so that two tabs do not overwrite each other. */

/** @typedef {{text: string, base: string}} Draft */

const PREFIX = "diem-cau.note";

/** @param {string} conferenceId @param {number} requestId @param {string} tab */
const keyOf = (conferenceId, requestId, tab) => `${PREFIX}/${conferenceId}/${requestId}/${tab}`;

/** @param {string} conferenceId @param {number} requestId @param {string} tab @param {Draft} draft */
export function keepDraft(conferenceId, requestId, tab, draft) {
  try {
    localStorage.setItem(keyOf(conferenceId, requestId, tab), JSON.stringify(draft));
  } catch {
    // Storage may be forbidden or full: the page itself still holds the text.
  }
}

/** @param {string} conferenceId @param {number} requestId @param {string} tab */
export function forgetDraft(conferenceId, requestId, tab) {
  try {
    localStorage.removeItem(keyOf(conferenceId, requestId, tab));
  } catch {
    // As above.
  }
}

/**
 * @param {string} conferenceId
 * @returns {(Draft & {requestId: number, tab: string})[]}
 */
export function draftsOf(conferenceId) {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const [prefix, conference, requestId, tab] = key.split("/");
      if (prefix !== PREFIX || conference !== conferenceId) continue;
      const { text, base } = JSON.parse(localStorage.getItem(key) ?? "{}");
      if (typeof text === "string" && typeof base === "string")
        found.push({ text, base, requestId: Number(requestId), tab });
    }
  } catch {
    // A draft that cannot be read is none.
  }
  return found;
}

/**
 * Whether a tab still lives and will save its draft itself: it holds the lock of its id (`tab.js`).
 * @param {string} tab
 */
export async function isTabAlive(tab) {
  const locks = await navigator.locks?.query();
  return Boolean(locks?.held?.some((lock) => lock.name === `diem-cau.tab.${tab}`));
}
