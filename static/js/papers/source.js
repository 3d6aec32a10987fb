/**
 * Where papers come from: a seat shows its link's token in a header, staff their session. Nothing here puts a token into an address.
 */

import { _ } from "../boot.js";

const ASK_MS = 700;

/**
 * @typedef {object} Paper as `GET /seat/papers` tells it
 * @property {number} id
 * @property {string} title
 * @property {number | null} item_id
 * @property {string | null} item_number
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
 * @property {((onProgress: (share: number) => void) => Promise<string>) | null} archive the address of one file with all papers, when made
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
    archive: async (onProgress) => {
      const { id } = await json("/seat/papers/zip", { method: "POST", headers });
      for (;;) {
        const told = await json(`/seat/papers/zip/${id}`, { headers });
        if (told.url) return told.url;
        if (told.state === "failed") throw new Error(told.words);
        if (told.state === "done") throw new Error(_("Danh sách tài liệu vừa thay đổi; hãy bấm lại."));
        onProgress(told.total ? told.done / told.total : 0);
        await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      }
    },
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
    archive: null,
  };
}

/**
 * Saves the file, under its own name.
 * @param {Source} source
 * @param {Paper} paper
 */
export async function save(source, paper) {
  saveAddress(await source.download(paper));
}

/** @param {string} address */
export function saveAddress(address) {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
