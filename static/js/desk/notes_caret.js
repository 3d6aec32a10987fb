/** Where the caret belongs when a text changes below it. */

/**
 * What stood before and after the change keeps its place; inside it the caret stays on the same line, wherever that line is now.
 * @param {string} before
 * @param {string} after
 * @param {number} at offset in `before`
 * @returns {number} offset in `after`
 */
export function movedCaret(before, after, at) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  if (at <= head && at < before.length) return at;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  if (tail && at >= before.length - tail) return after.length - (before.length - at);
  const start = before.lastIndexOf("\n", at - 1) + 1;
  const number = before.slice(0, start).split("\n").length - 1;
  const [old, lines] = [before.split("\n")[number], after.split("\n")];
  const found = nearest(lines, number, (line) => line === old || (old !== "" && line.startsWith(old)));
  if (found < 0) return Math.min(at, after.length);
  const begin = lines.slice(0, found).reduce((sum, line) => sum + line.length + 1, 0);
  return begin + Math.min(at - start, lines[found].length);
}

/**
 * @param {string[]} lines
 * @param {number} number
 * @param {(line: string) => boolean} isIt
 */
function nearest(lines, number, isIt) {
  let found = -1;
  lines.forEach((line, index) => {
    if (isIt(line) && (found < 0 || Math.abs(index - number) < Math.abs(found - number))) found = index;
  });
  return found;
}

/**
 * Gives the field a text without moving what its writer looks at.
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 */
export function setText(field, text) {
  const before = field.value;
  if (before === text) return;
  const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
  const [start, end] = [selectionStart, selectionEnd].map((at) => movedCaret(before, text, at));
  field.value = text;
  field.setSelectionRange(start, Math.max(start, end), selectionDirection);
  field.scrollTop = scrollTop;
}
