/**
 * Who this tab is. The link's token comes from the fragment of the address and stays in the tab's `sessionStorage`, so that it leaves
 * the address bar and sixteen sites work in sixteen tabs. A duplicated tab is given a copy of `sessionStorage`: the copy asks on a
 * `BroadcastChannel` whether somebody already bears its id, and takes another one.
 */

const LINK_KEY = "diem-cau.link";
const TAB_KEY = "diem-cau.tab";
const TOKEN = /^#([\w.~-]{12,})$/;
const ANSWER_MS = 120;

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

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * An id of this tab that survives a reload and is never shared with a living tab.
 * @returns {Promise<string>}
 */
export async function claimTabId() {
  const nonce = newId();
  let id = recall(TAB_KEY);
  let isSettled = false;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("diem-cau.tab") : null;
  if (channel && id) {
    const isTaken = await new Promise((resolve) => {
      channel.onmessage = ({ data }) => {
        if (data?.id !== id) return;
        if (data.taken === nonce) resolve(true);
        // Two copies that ask at once: the lower nonce keeps the id.
        if (data.asks && nonce < data.asks) channel.postMessage({ id, taken: data.asks });
      };
      channel.postMessage({ id, asks: nonce });
      setTimeout(() => resolve(false), ANSWER_MS);
    });
    if (isTaken) id = null;
  }
  const own = id ?? newId();
  keep(TAB_KEY, own);
  isSettled = true;
  if (channel)
    channel.onmessage = ({ data }) => {
      if (isSettled && data?.id === own && data.asks) channel.postMessage({ id: own, taken: data.asks });
    };
  return own;
}

/** A fresh id for a command. */
export { newId };
