/** The hall screen: picture only, no sound, no controls, no dialogs; the cursor goes after 3 s. */

import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { _, boot, switchLanguage } from "../boot.js";
import { Icon } from "../components/icon.js";
import { Logo } from "../components/logo.js";
import { connect } from "../connection.js";
import { html } from "../html.js";
import { toggleFullScreen, useKeys } from "../keyboard.js";
import { createMedia } from "../media.js";
import { LiveStage } from "../screen/live-stage.js";
import { TitleCard } from "../screen/title-card.js";

/** @typedef {import("../types").Connection} Connection */

const CURSOR_MS = 3000;

function useQuietCursor() {
  const isQuiet = useSignal(false);
  useEffect(() => {
    let timer = 0;
    const move = () => {
      isQuiet.value = false;
      clearTimeout(timer);
      timer = window.setTimeout(() => (isQuiet.value = true), CURSOR_MS);
    };
    move();
    addEventListener("pointermove", move);
    return () => removeEventListener("pointermove", move);
  }, []);
  return isQuiet.value;
}

/** @param {{connection: Connection}} props */
function Tags({ connection }) {
  const part = connection.publicPart.value;
  const isAway = connection.status.value === "lost" && !connection.isUsable.value;
  return html`${part?.conference.is_example && html`<span class="badge is-info screen-tag"><${Icon} name="info" />${_("số liệu minh họa")}</span>`}
  ${isAway && html`<span class="badge is-warn screen-tag" data-test="status" data-state="lost"><${Icon} name="wifi-off" />${_("Đang nối lại")}</span>`}`;
}

/**
 * The language that a desk chose for the screen.
 * @param {import("../types").PublicPart | null} part
 */
function useChosenLanguage(part) {
  const chosen = part?.screen.language;
  useEffect(() => {
    if (chosen && chosen !== boot.lang) switchLanguage(chosen).catch((error) => console.warn("language", error));
  }, [chosen]);
}

/**
 * The technician beside the screen may cover it with the title card (3) and uncover it (1); the next speaker uncovers it too.
 * @param {import("../types").PublicPart | null} part
 */
function useOwnCard(part) {
  const isCovered = useSignal(false);
  const speech = part?.floor?.request_id ?? null;
  useEffect(() => {
    isCovered.value = false;
  }, [speech, part?.stage.card]);
  return isCovered;
}

/** Before the first snapshot, or when the link is refused. @param {{connection: Connection}} props */
function Waiting({ connection }) {
  const refusal = connection.status.value === "refused" ? connection.refusal.value : null;
  return html`<main class="before is-waiting" data-test="waiting">
    <section class="before-title">
      <${Logo} />
      <p class="before-kind">${refusal ? refusal.message : _("Đang kết nối…")}</p>
    </section>
  </main>`;
}

/** @param {{connection: Connection, media: import("../types").Media}} props */
function Screen({ connection, media }) {
  const isQuiet = useQuietCursor();
  const part = connection.publicPart.value;
  const isCovered = useOwnCard(part);
  useKeys({
    f: toggleFullScreen,
    1: () => (isCovered.value = false),
    3: () => (isCovered.value = true),
  });
  useChosenLanguage(part);
  const card = part?.stage.card ?? (isCovered.value ? "before" : null);
  const isRefused = connection.status.value === "refused";
  const tags = html`<${Tags} connection=${connection} />`;
  return html`<div
    class=${`screen${isQuiet ? " is-quiet" : ""}`}
    onDblClick=${toggleFullScreen}
    data-test="screen"
  >
    ${
      !part || isRefused
        ? html`<${Waiting} connection=${connection} />`
        : card
          ? html`<${TitleCard} part=${part} card=${card}>${tags}<//>`
          : html`<${LiveStage} part=${part} links=${connection.links.value} media=${media}>${tags}<//>`
    }
  </div>`;
}

const connection = connect();
const media = createMedia(connection, { publishes: false });
media.start();
const root = document.getElementById("app");
if (root) render(html`<${Screen} connection=${connection} media=${media} />`, root);
