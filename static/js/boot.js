/** What the server wrote into the page, and the words of the interface. */

import { signal } from "@preact/signals";

/** @typedef {import("./types").Boot} Boot */

/** @returns {Boot} */
function readBoot() {
  const element = document.getElementById("boot");
  if (!element) throw new Error("The page has no #boot.");
  return JSON.parse(element.textContent || "{}");
}

export const boot = readBoot();

/** What is drawn with `_` is drawn again when the language changes. */
const messages = signal(boot.messages);

/**
 * The words of `msgid` (Vietnamese) in the page's language, with `%(name)s` filled in.
 * @param {string} msgid
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function _(msgid, values) {
  const text = messages.value?.[msgid] || msgid;
  if (!values) return text;
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * The page in another language, with everything it holds left as it is: only the hall screen, which must not go black, needs it.
 * @param {"vi" | "en"} lang
 */
export async function switchLanguage(lang) {
  const answer = await fetch(`/words?lang=${lang}`, { credentials: "omit" });
  if (!answer.ok) return;
  const told = await answer.json();
  boot.lang = told.lang;
  document.documentElement.lang = told.lang;
  messages.value = told.messages;
}
