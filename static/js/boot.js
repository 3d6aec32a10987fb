/** What the server wrote into the page, and the words of the interface. */

/** @typedef {import("./types").Boot} Boot */

/** @returns {Boot} */
function readBoot() {
  const element = document.getElementById("boot");
  if (!element) throw new Error("The page has no #boot.");
  return JSON.parse(element.textContent || "{}");
}

export const boot = readBoot();

/**
 * The words of `msgid` (Vietnamese) in the page's language, with `%(name)s` filled in.
 * @param {string} msgid
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function _(msgid, values) {
  const text = boot.messages?.[msgid] || msgid;
  if (!values) return text;
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
