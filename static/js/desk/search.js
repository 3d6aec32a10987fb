/**
 * Search as it is typed in a hurry: without diacritics, in any case, words in any order.
 * "duc hue to chuc" finds "Trưởng ban Tổ chức Huyện ủy, Huyện Đức Huệ".
 */

/**
 * A text reduced to plain lower-case letters.
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase();
}

/**
 * Whether every word of the needle begins somewhere in the text.
 * @param {string} needle
 * @param {string} text
 * @returns {boolean}
 */
export function isFound(needle, text) {
  const hay = plain(text);
  return plain(needle)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
