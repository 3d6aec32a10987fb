/** One point on the board: its picture, where it is, what its check found, what the desk said. */

import { PARTS } from "../arrive/words.js";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";

/** @typedef {import("./board.js").Board} Board */

/** @type {Record<import("./board.js").Whereabouts, {tone: string, icon: string, word: () => string}>} */
export const WHEREABOUTS = {
  missing: { tone: "bad", icon: "wifi-off", word: () => _("Chưa có mặt") },
  checking: { tone: "info", icon: "list-checks", word: () => _("Đang kiểm tra") },
  waiting: { tone: "warn", icon: "hourglass", word: () => _("Ở phòng chờ") },
  inside: { tone: "ok", icon: "circle-check", word: () => _("Đã vào") },
  removed: { tone: "bad", icon: "log-out", word: () => _("Đã đưa ra") },
};

/** What the desk said. @param {{board: Board, siteId: number}} props */
export function TestWord({ board, siteId }) {
  const test = board.tests.value[String(siteId)];
  if (!test || test.is_passed === null) return null;
  const time = clockTime(test.tested_at);
  const words = test.is_passed ? _("Đạt lúc %(time)s", { time }) : _("Không đạt lúc %(time)s", { time });
  return html`<span class=${`badge is-${test.is_passed ? "ok" : "bad"}`} data-test="test-word"><${Icon} name=${test.is_passed ? "check" : "x"} />${words}</span>`;
}

/** @param {{board: Board, siteId: number, className?: string}} props */
export function Thumbnail({ board, siteId, className = "" }) {
  const picture = board.pictures.value[String(siteId)];
  const isGone = board.whereabouts(siteId) === "missing";
  if (!picture || isGone)
    return html`<span class=${`board-pic is-none ${className}`}><${Icon} name=${isGone ? "wifi-off" : "video-off"} /></span>`;
  const words = _("Hình lúc %(time)s", { time: clockTime(picture.at) });
  return html`<img class=${`board-pic ${className}`} src=${`data:image/jpeg;base64,${picture.jpeg}`} alt=${words} data-test="thumbnail" />`;
}

/** @param {{board: Board, site: import("../types").Site}} props */
export function PointCard({ board, site }) {
  const where = board.whereabouts(site.id);
  const { tone, icon, word } = WHEREABOUTS[where];
  const contact = board.contacts.value[String(site.id)];
  const wanting = board.wanting(site.id).map((part) => PARTS[part].title());
  const remark = board.tests.value[String(site.id)]?.remark;
  const isOpen = board.current.value === site.id;
  return html`<li class=${`board-point is-${tone}${isOpen ? " is-open" : ""}`} data-test="point" data-site=${site.id} data-where=${where}>
    <${Thumbnail} board=${board} siteId=${site.id} />
    <div class="board-words">
      <h2><button type="button" data-test="open-point" aria-expanded=${isOpen ? "true" : "false"} onClick=${() => (board.current.value = site.id)}>${site.name}</button></h2>
      <p class="board-badges"><span class=${`badge is-${tone}`}><${Icon} name=${icon} />${word()}</span><${TestWord} board=${board} siteId=${site.id} /></p>
      ${where === "missing" && contact && html`<p class="board-phone"><${Icon} name="phone" /><span>${contact.name} ${contact.phone ? html`<a class="num" href=${`tel:${contact.phone}`}>${contact.phone}</a>` : html`<span class="muted">(${_("chưa có số")})</span>`}</span></p>`}
      ${wanting.length > 0 && html`<p class="board-wanting" data-test="wanting"><${Icon} name="triangle-alert" />${wanting.join(", ")}</p>`}
      ${remark && html`<p class="muted">${remark}</p>`}
    </div>
  </li>`;
}
