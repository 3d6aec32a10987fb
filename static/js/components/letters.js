import { useLayoutEffect, useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { html } from "../html.js";

/** @typedef {import("../types").Letter} Letter */

const NEAR_END_PX = 60;

/**
 * A conversation, newest at the bottom; it follows unless somebody reads further up.
 * @param {{letters: Letter[], isOwn: (letter: Letter) => boolean, label: string, empty: string}} props
 */
export function Letters({ letters, isOwn, label, empty }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [letters.length, letters.at(-1)?.id]);
  const onScroll = () => {
    const element = box.current;
    if (element) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
  };
  return html`<div
    class="letters"
    ref=${box}
    onScroll=${onScroll}
    tabindex="0"
    role="log"
    aria-label=${label}
    data-test="letters"
  >
    ${!letters.length && html`<p class="muted">${empty}</p>`}
    ${letters.map(
      (letter) =>
        html`<div key=${letter.id} class=${`letter${isOwn(letter) ? " is-own" : ""}`} data-letter=${letter.id}>
          <p class="letter-head">
            <strong>${letter.sender_name}</strong> <time datetime=${letter.sent_at}>${clockTime(letter.sent_at)}</time>
            ${letter.channel === "all" && html`<span class="badge">${_("Tới tất cả")}</span>`}
          </p>
          <p class="letter-text">${letter.text}</p>
        </div>`,
    )}
  </div>`;
}
