/**
 * Where papers come from: a seat shows its link's token in a header, staff their session. Nothing here puts a token into an address.
 */

import { _ } from "../boot.js";

/**
 * @typedef {object} Paper as `GET /seat/papers` tells it
 * @property {number} id
 * @property {string} title
 * @property {number | null} item_id
 * @property {number | null} item_number
 * @property {string} file_name
 * @property {string} kind `pdf`, `docx`, …
 * @property {boolean} is_shown whether our pages can show it
 * @property {number} size bytes
 * @property {number | null} pages
 * @property {number} number of its newest version
 * @property {string} added_at
 * @property {"new" | "changed" | null} news
 * @property {"all" | "desk" | "chosen"} [visibility] told to staff only
 */

/**
 * @typedef {object} Source
 * @property {() => Promise<Paper[]>} list rejects when the server does not answer
 * @property {(paper: Paper) => {url: string, headers: Record<string, string>}} file
 * @property {(paper: Paper) => Promise<string>} download the address a browser may fetch; rejects in words
 */

/**
 * @param {string} url
 * @param {RequestInit} options
 */
async function json(url, options) {
  const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  if (!answer.ok) throw new Error(_("Không lấy được tài liệu này nữa; hãy xem lại danh sách."));
  return answer.json();
}

/**
 * @param {string} link the token of a site's link
 * @returns {Source}
 */
export function seatSource(link) {
  const headers = { "X-Site-Link": link };
  return {
    list: async () => (await json("/seat/papers", { headers })).papers,
    file: (paper) => ({ url: `/seat/papers/${paper.id}/file`, headers }),
    download: async (paper) => (await json(`/seat/papers/${paper.id}/ticket`, { method: "POST", headers })).url,
  };
}

/**
 * @param {string} conference its public id
 * @returns {Source}
 */
export function staffSource(conference) {
  const file = (/** @type {Paper} */ paper) => `/c/${conference}/papers/${paper.id}/file`;
  return {
    list: async () => (await json(`/c/${conference}/papers.json`, {})).papers,
    file: (paper) => ({ url: file(paper), headers: {} }),
    download: async (paper) => file(paper),
  };
}

/**
 * Saves the file, under its own name.
 * @param {Source} source
 * @param {Paper} paper
 */
export async function save(source, paper) {
  const link = document.createElement("a");
  link.href = await source.download(paper);
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
