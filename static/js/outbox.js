/**
 * What was typed or sent and has not reached the server, on this machine: by conference and seat, so that it survives a reload. A message keeps
 * the id it was first sent with, so the server keeps it once, however often it is sent (rule 26).
 */
import { signal } from "@preact/signals";
import { newId } from "./tab.js";

/** @typedef {{channel: "site" | "all" | "private", site_id?: number}} Address */
/** @typedef {{id: string, to: Address, text: string}} Outgoing */
/** @typedef {ReturnType<typeof createOutbox>} Outbox */

const PREFIX = "diem-cau.outbox";

/**
 * @param {() => string | null} owner of whom it is; null while that is not known yet
 * @param {(message: Outgoing) => Promise<import("./types").Answer>} post
 */
export function createOutbox(owner, post) {
  const waiting = signal(/** @type {Outgoing[]} */ ([]));
  const drafts = signal(/** @type {Record<string, string>} */ ({}));
  let isFlushing = false;
  let isLoaded = false;

  function keep() {
    const key = owner();
    if (!key || !isLoaded) return;
    const kept = { waiting: waiting.peek(), drafts: drafts.peek() };
    try {
      if (kept.waiting.length || Object.keys(kept.drafts).length)
        localStorage.setItem(`${PREFIX}/${key}`, JSON.stringify(kept));
      else localStorage.removeItem(`${PREFIX}/${key}`);
    } catch {
      // Storage may be forbidden or full: the page itself still holds the words.
    }
  }

  /** Takes up what an earlier page left; what is typed here meanwhile goes before it. */
  function load() {
    const key = owner();
    if (!key || isLoaded) return;
    isLoaded = true;
    try {
      const kept = JSON.parse(localStorage.getItem(`${PREFIX}/${key}`) ?? "{}");
      const known = new Set(waiting.peek().map(({ id }) => id));
      const earlier = (kept.waiting ?? []).filter((/** @type {Outgoing} */ one) => !known.has(one.id));
      waiting.value = [...earlier, ...waiting.peek()];
      drafts.value = { ...kept.drafts, ...drafts.peek() };
    } catch {
      // What cannot be read is nothing.
    }
    keep();
  }

  /** @param {string} id */
  function drop(id) {
    waiting.value = waiting.peek().filter((one) => one.id !== id);
    keep();
  }

  /** Sends what waits, in order; stops where the line is lost or the server refuses: then it waits on. */
  async function flush() {
    load();
    if (isFlushing) return;
    isFlushing = true;
    try {
      for (let first = waiting.peek()[0]; first; first = waiting.peek()[0]) {
        const answer = await post(first);
        if (!answer.ok) break;
        drop(first.id);
      }
    } finally {
      isFlushing = false;
    }
  }

  return {
    waiting,
    drafts,
    flush,
    drop,
    /** @param {string} name @param {string} text */
    write(name, text) {
      const { [name]: _old, ...others } = drafts.peek();
      drafts.value = text ? { ...others, [name]: text } : others;
      keep();
    },
    /**
     * Sends now, or once the line is back; what the server refuses is the writer's again.
     * @param {Address} to
     * @param {string} text
     * @returns {Promise<import("./types").Answer>}
     */
    async send(to, text) {
      const message = { id: newId(), to, text };
      const isBehind = waiting.peek().length > 0;
      waiting.value = [...waiting.peek(), message];
      keep();
      if (isBehind) {
        void flush();
        return { ok: true };
      }
      isFlushing = true;
      const answer = await post(message);
      isFlushing = false;
      if (answer.code === "connection_lost") return { ok: true };
      drop(message.id);
      void flush();
      return answer;
    },
  };
}
