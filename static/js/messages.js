/** Technical messages as a page holds them: all it may read, what of it was read on this machine, and sending. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { createOutbox } from "./outbox.js";

/** @typedef {import("./types").Connection} Connection */
/** @typedef {import("./types").Letter} Letter */
/** @typedef {ReturnType<typeof createMessages>} Messages */

const KEY = "diem-cau.read";

/** @param {string} key @returns {number} the newest id that was read */
function recall(key) {
  try {
    return Number(localStorage.getItem(key)) || 0;
  } catch {
    return 0;
  }
}

/** @param {Connection} connection */
export function createMessages(connection) {
  const letters = signal(/** @type {Letter[]} */ ([]));
  const readUpTo = signal(0);
  /** @type {Set<number>} */
  const sent = new Set();
  /** @type {Set<(letter: Letter) => void>} */
  const listeners = new Set();
  let isLoaded = false;

  /** This seat of this conference; null before the first snapshot. */
  const owner = () => {
    const seat = connection.seat.peek();
    const conference = connection.publicPart.peek()?.conference.public_id;
    return seat && conference ? `${conference}/${seat.role}-${seat.site_id ?? seat.label.split(":")[1]}` : null;
  };
  const key = () => `${KEY}/${owner()}`;

  const outbox = createOutbox(owner, async ({ id, to, text }) => {
    const answer = await connection.request("send_message", { id, ...to, text });
    if (!answer.ok) return answer;
    const { ok: _ok, ...letter } = answer;
    sent.add(letter.id);
    add([letter]);
    return answer;
  });

  /** Whether somebody else wrote it: a desk's answers to itself are not news. @param {Letter} letter */
  const isFromOthers = ({ id, sender }) => !sent.has(id) && sender !== connection.seat.value?.role;

  /** @param {Letter[]} some */
  function add(some) {
    const known = new Set(letters.peek().map((letter) => letter.id));
    const fresh = some.filter((letter) => !known.has(letter.id));
    if (!fresh.length) return;
    letters.value = [...letters.peek(), ...fresh].sort((a, b) => a.id - b.id);
    if (isLoaded)
      for (const letter of fresh) if (isFromOthers(letter)) for (const listener of listeners) listener(letter);
  }

  async function load() {
    if (!isLoaded) readUpTo.value = recall(key());
    const answer = await connection.request("get_messages");
    if (!answer.ok) return;
    add(answer.messages);
    isLoaded = true;
    await outbox.flush();
  }

  connection.on("message", (letter) => add([letter]));
  effect(() => {
    if (connection.status.value === "online") untracked(() => void load());
  });

  const unread = computed(() =>
    letters.value.filter((letter) => letter.id > readUpTo.value && isFromOthers(letter)),
  );

  return {
    letters,
    unread,
    isFromOthers,
    /** Everything up to now has been seen. */
    markRead() {
      const newest = letters.peek().at(-1)?.id ?? 0;
      if (newest <= readUpTo.peek()) return;
      readUpTo.value = newest;
      try {
        localStorage.setItem(key(), String(newest));
      } catch {
        // Storage may be forbidden: then the same messages are new again after a reload.
      }
    },
    outbox,
    /** Hears of each message of somebody else that arrives. @param {(letter: Letter) => void} listener */
    onArrival: (listener) => void listeners.add(listener),
  };
}
