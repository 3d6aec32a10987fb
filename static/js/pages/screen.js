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
import { GalleryScreen } from "../screen/gallery-screen.js";
import { LiveStage } from "../screen/live-stage.js";
import { TitleCard } from "../screen/title-card.js";
import { createTiles } from "../tiles.js";

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
 * The technician beside the screen may turn it to the conference (1), the gallery (2) or the title card (3), until the next
 * speaker or the desk turns it.
 * @param {import("../types").PublicPart | null} part
 */
function useOwnView(part) {
  const view = useSignal(/** @type {"" | "stage" | "gallery" | "card"} */ (""));
  const speech = part?.floor?.request_id ?? null;
  useEffect(() => {
    view.value = "";
  }, [speech, part?.stage.card, part?.gallery.shown]);
  return view;
}

/**
 * What the screen shows: a card, the gallery, or "" for the conference.
 * @param {import("../types").PublicPart} part
 * @param {string} own
 * @returns {import("../types").CardName | "gallery" | ""}
 */
function viewOf({ stage, screen, gallery }, own) {
  const isGallery = own ? own === "gallery" && !screen.is_card_forced : gallery.is_on_screen;
  if (isGallery && gallery.tiles.length) return "gallery";
  return stage.card ?? (own === "card" ? "before" : "");
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

/** @param {{connection: Connection, media: import("../types").Media, tiles: import("../types").Tiles}} props */
function Screen({ connection, media, tiles }) {
  const isQuiet = useQuietCursor();
  const part = connection.publicPart.value;
  const own = useOwnView(part);
  useKeys({
    f: toggleFullScreen,
    1: () => (own.value = "stage"),
    2: () => (own.value = "gallery"),
    3: () => (own.value = "card"),
  });
  useChosenLanguage(part);
  const view = part ? viewOf(part, own.value) : "";
  // Between two speeches the tiles go on: they are shown again at once.
  const wantsTiles = view === "gallery" || Boolean(part?.gallery.shown);
  useEffect(() => {
    tiles.isWanted.value = wantsTiles;
  }, [wantsTiles]);
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
        : view === "gallery"
          ? html`<${GalleryScreen} part=${part} connection=${connection} tiles=${tiles}>${tags}<//>`
          : view
            ? html`<${TitleCard} part=${part} card=${view}>${tags}<//>`
            : html`<${LiveStage} part=${part} links=${connection.links.value} media=${media}>${tags}<//>`
    }
  </div>`;
}

const connection = connect();
const media = createMedia(connection, { publishes: false });
media.start();
const root = document.getElementById("app");
if (root) render(html`<${Screen} connection=${connection} media=${media} tiles=${createTiles(connection)} />`, root);
