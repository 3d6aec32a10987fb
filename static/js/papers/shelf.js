/** The papers of a live page: asked for when the line comes up and whenever the server says that they changed. */

import { computed, effect, signal } from "@preact/signals";

/** @typedef {import("./source.js").Paper} Paper */
/** @typedef {import("./source.js").Source} Source */
/** @typedef {ReturnType<typeof openShelf>} Shelf */

const AGAIN_MS = 4000;

/**
 * @param {import("../types").Connection} connection
 * @param {Source} source
 */
export function openShelf(connection, source) {
  const papers = signal(/** @type {Paper[]} */ ([]));
  const state = signal(/** @type {"loading" | "ready" | "failed"} */ ("loading"));
  const viewed = signal(/** @type {Paper | null} */ (null));
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    try {
      const listed = await source.list();
      if (mine !== asked) return;
      papers.value = listed;
      state.value = "ready";
    } catch {
      if (mine !== asked) return;
      if (state.peek() === "loading") state.value = "failed";
      setTimeout(() => mine === asked && void ask(), AGAIN_MS);
    }
  }

  effect(() => {
    if (connection.status.value === "online") void ask();
  });
  connection.on("papers_changed", () => void ask());

  /** @param {Paper} paper */
  function noteOpened(paper) {
    papers.value = papers.peek().map((one) => (one.id === paper.id ? { ...one, news: null } : one));
  }

  return {
    source,
    papers,
    state,
    viewed,
    news: computed(() => papers.value.filter((paper) => paper.news).length),
    noteOpened,
    ask,
  };
}
