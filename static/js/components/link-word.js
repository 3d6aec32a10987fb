import { _ } from "../boot.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

const BARS = [
  [0, 11, 5],
  [5.3, 7.5, 8.5],
  [10.6, 4, 12],
  [16, 0, 16],
];

/**
 * The bars of the line's quality: 4 good … 1 bad.
 * @param {{level: 1 | 2 | 3 | 4}} props
 */
export function Signal({ level }) {
  return html`<svg class=${`sig sig-${level}`} viewBox="0 0 20 16" aria-hidden="true">
    ${BARS.map(([x, y, height]) => html`<rect x=${x} y=${y} width="4" height=${height} rx="1" />`)}
  </svg>`;
}

/** @typedef {"online" | "connecting" | import("../types").QualityWord} LinkState */

/** @type {Record<LinkState, {kind: string, level: 0 | 1 | 2 | 3 | 4, word: () => string}>} */
const WORDS = {
  online: { kind: "ok", level: 4, word: () => _("Đã kết nối") },
  connecting: { kind: "warn", level: 1, word: () => _("Đang nối lại") },
  good: { kind: "ok", level: 4, word: () => _("Tốt") },
  fair: { kind: "ok", level: 3, word: () => _("Khá") },
  weak: { kind: "warn", level: 2, word: () => _("Yếu") },
  lost: { kind: "bad", level: 0, word: () => _("Mất kết nối") },
};

/**
 * Tốt, Khá, Yếu, Mất kết nối.
 * @param {LinkState} state
 */
export function linkWord(state) {
  return WORDS[state].word();
}

/**
 * The mark of a word: bars, or the sign of a lost line.
 * @param {{state: LinkState}} props
 */
export function LinkMark({ state }) {
  const { level } = WORDS[state];
  return level ? html`<${Signal} level=${level} />` : html`<${Icon} name="wifi-off" />`;
}

/**
 * The link word: a mark and a word, never colour alone.
 * @param {{state: LinkState, word?: string, test?: string}} props
 */
export function LinkWord({ state, word, test = "link-word" }) {
  const { kind, word: standard } = WORDS[state];
  return html`<span class=${`link-q is-${kind}`} data-test=${test} data-state=${state}>
    <${LinkMark} state=${state} />
    <span>${word ?? standard()}</span>
  </span>`;
}

/**
 * The link word of this page's own line.
 * @param {{connection: import("../types").Connection}} props
 */
export function OwnLinkWord({ connection }) {
  const status = connection.status.value;
  /** @type {LinkState} */
  let state = "lost";
  let word = _("Mất kết nối");
  if (status === "online") [state, word] = measured(connection);
  else if (status === "connecting" && connection.lostSince.value === null)
    [state, word] = ["connecting", _("Đang kết nối")];
  else if (status !== "refused")
    [state, word] = [connection.isUsable.value ? "connecting" : "lost", _("Đang nối lại")];
  return html`<${LinkWord} state=${state} word=${word} test="status" />`;
}

/**
 * What was measured of the own site, while the line to the server is there.
 * @param {import("../types").Connection} connection
 * @returns {[LinkState, string]}
 */
function measured(connection) {
  const quality = connection.links.value[String(connection.seat.value?.site_id)];
  if (!quality) return ["online", _("Đã kết nối")];
  return [quality, quality === "lost" ? _("Mất hình và tiếng") : linkWord(quality)];
}
