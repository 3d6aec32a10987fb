/**
 * Who this tab is. The link's token comes from the fragment of the address and stays in the tab's `sessionStorage`, so that it leaves
 * the address bar and sixteen sites work in sixteen tabs. A duplicated tab is given a copy of `sessionStorage`: it cannot
 * get the lock of its id, which the original holds, and takes another id. After a reload the lock of the old page is free within moments.
 */

const LINK_KEY = "diem-cau.link";
const SCREEN_KEY = "diem-cau.screen";
const TAB_KEY = "diem-cau.tab";
const TOKEN = /^#([\w.~-]{12,})$/;
const RELEASE_MS = 600;

/** @param {string} key */
function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
function keep(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden: the page then works until it is reloaded.
  }
}

/** The token of this tab's link, taken out of the address bar; null when the page was opened without one. */
export function takeLinkToken() {
  const given = TOKEN.exec(location.hash)?.[1];
  if (given) {
    keep(LINK_KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  // Another link pasted into the same tab changes only the fragment.
  addEventListener("hashchange", () => TOKEN.test(location.hash) && location.reload());
  return given ?? recall(LINK_KEY);
}

/**
 * As `takeLinkToken`, for the hall screen: its machine may start again from an address without the token, as a start page or a
 * bookmark has it, and then shows the screen that it showed last.
 */
export function takeScreenToken() {
  const token = takeLinkToken();
  try {
    if (token) localStorage.setItem(SCREEN_KEY, token);
    return token ?? localStorage.getItem(SCREEN_KEY);
  } catch {
    return token;
  }
}

/** A fresh random id: of a tab, of a command. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Holds the lock of an id as long as the page lives; false when another living tab holds it.
 * @param {string} id
 * @returns {Promise<boolean>}
 */
function hold(id) {
  return new Promise((resolve) => {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), RELEASE_MS);
    const forever = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks
      .request(`diem-cau.tab.${id}`, { signal: patience.signal }, forever)
      .catch(() => resolve(false));
  });
}

/**
 * An id of this tab that survives a reload and is never shared with a living tab.
 * @returns {Promise<string>}
 */
export async function claimTabId() {
  const known = recall(TAB_KEY);
  if (known && (!navigator.locks || (await hold(known)))) return known;
  const id = newId();
  keep(TAB_KEY, id);
  if (navigator.locks) await hold(id);
  return id;
}
