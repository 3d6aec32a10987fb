/**
 * Notes of speeches, written at several desks at once. Each note has a *notepad*: `text` is what stands on the page, `base` a text the
 * server has had and that `text` was made from. A save sends both; the server merges what others saved meanwhile and answers with the
 * result. When nothing was typed since, the page takes the answer over; else it goes on typing, `base` is what was sent, and
 * the next save merges. What the server does not have yet is kept on this machine, for each tab by itself.
 */
import { effect, signal, untracked } from "@preact/signals";
import { _ } from "../boot.js";
import { draftsOf, forgetDraft, isTabAlive, keepDraft } from "./notes_drafts.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").Note} Note */
/** @typedef {ReturnType<typeof createNotepad>} Notepad */
/** @typedef {ReturnType<typeof openNotes>} Notes */
/** @typedef {(text: string, base: string) => Promise<any>} Send */

export const NOTE_LENGTH = 20_000;
const PAUSE_MS = 600; // after the last key
const AGAIN_MS = 3000; // after a save that failed for no reason of the text's

/**
 * @param {{send: Send, keep: (text: string, base: string) => void, forget: () => void}} ways to the server, and to this machine's memory
 */
export function createNotepad({ send, keep, forget }) {
  const text = signal("");
  /** The newest note known of the server. */
  const latest = signal(/** @type {Note | null} */ (null));
  const isDirty = signal(false);
  /** Why the last save was not accepted; null while nothing is wrong. */
  const fault = signal(/** @type {string | null} */ (null));
  let base = "";
  let sent = /** @type {string | null} */ (null); // the last text on its way, also one whose answer was lost
  let isSending = false;
  let isComposing = false;
  let timer = 0;

  /** @param {number} ms */
  function saveIn(ms) {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  }

  /** @param {string} value what stands in the field now */
  function type(value) {
    if (value === text.peek()) return;
    text.value = value;
    isDirty.value = value !== base;
    if (!isDirty.peek()) return settle();
    keep(value, base);
    saveIn(PAUSE_MS);
  }

  async function save() {
    clearTimeout(timer);
    if (!isDirty.peek() || isSending || isComposing) return;
    const [mine, from] = [text.peek(), base];
    sent = mine;
    isSending = true;
    const answer = await send(mine, from);
    isSending = false;
    if (!answer.ok) {
      fault.value = answer.message || _("Chưa lưu được.");
      if (answer.code !== "note_too_long") saveIn(AGAIN_MS);
      return;
    }
    fault.value = null;
    base = mine;
    learn(answer);
    if (text.peek() === mine) settle();
    else {
      isDirty.value = true;
      keep(text.peek(), base);
      saveIn(PAUSE_MS);
    }
  }

  /** Nothing is unsaved: what others wrote can be taken over. */
  function settle() {
    if (text.peek() !== base || isComposing || isSending) return;
    clearTimeout(timer);
    const known = latest.peek();
    if (known) text.value = base = known.text;
    isDirty.value = false;
    fault.value = null;
    forget();
  }

  /** @param {Note} note */
  function learn(note) {
    if (note.version < (latest.peek()?.version ?? 0)) return;
    const { request_id, text: words, version, saved_at, saved_by } = note;
    latest.value = { request_id, text: words, version, saved_at, saved_by };
  }

  return {
    text,
    latest,
    isDirty,
    fault,
    type,
    save,
    /** A note of the server, from whichever desk. @param {Note} note */
    take(note) {
      learn(note);
      if (sent !== null && !isSending && note.text === sent) base = sent; // it had arrived, only its answer was lost
      if (text.peek() === base) settle();
    },
    /** What was typed here before a reload or a crash. @param {string} value @param {string} from */
    restore(value, from) {
      if (isDirty.peek() || value === from) return;
      base = from;
      text.value = value;
      isDirty.value = true;
    },
    /** An input method is at work: the field must not be touched, and half a letter is not saved. @param {boolean} isOn */
    compose(isOn) {
      isComposing = isOn;
      if (!isOn) isDirty.peek() ? saveIn(PAUSE_MS) : settle();
    },
  };
}

/** The notes of the conference at this desk. @param {Desk} desk */
export function openNotes(desk) {
  const { connection } = desk;
  /** @type {Map<number, Notepad>} */
  const pads = new Map();
  /** Ids of the requests that have a note: reading it follows new ones. */
  const written = signal(/** @type {ReadonlySet<number>} */ (new Set()));
  const isOnline = () => connection.status.value === "online";
  const conferenceId = () => desk.conference.peek()?.public_id ?? "";
  const tab = () => connection.seat.peek()?.label.split(":")[2] ?? "";

  /** @param {number} requestId @param {string} text @param {string} base */
  const send = (requestId, text, base) =>
    connection.request("save_note", { request_id: requestId, text, base });

  /** @param {number} requestId @returns {Notepad} */
  function padOf(requestId) {
    const known = pads.get(requestId);
    if (known) return known;
    const pad = createNotepad({
      send: (text, base) => send(requestId, text, base),
      keep: (text, base) => keepDraft(conferenceId(), requestId, tab(), { text, base }),
      forget: () => forgetDraft(conferenceId(), requestId, tab()),
    });
    pads.set(requestId, pad);
    return pad;
  }

  /** @param {Note} note */
  function take(note) {
    if (note.text && !written.peek().has(note.request_id))
      written.value = new Set([...written.peek(), note.request_id]);
    padOf(note.request_id).take(note);
  }

  /** What this tab, or one that is no more, could not save. */
  async function restoreDrafts() {
    for (const draft of draftsOf(conferenceId())) {
      const isOwn = draft.tab === tab();
      if (!isOwn && (await isTabAlive(draft.tab))) continue;
      if (isOwn) padOf(draft.requestId).restore(draft.text, draft.base);
      else if ((await send(draft.requestId, draft.text, draft.base)).ok)
        forgetDraft(conferenceId(), draft.requestId, draft.tab);
    }
  }

  let isRestored = false;
  async function comeOnline() {
    if (!isRestored) {
      isRestored = true;
      await restoreDrafts();
    }
    const answer = await connection.request("get_notes");
    for (const note of answer.notes ?? []) take(note);
    saveAll();
  }

  const saveAll = () => {
    for (const pad of pads.values()) void pad.save();
  };

  connection.on("note", take);
  effect(() => {
    if (isOnline()) untracked(() => void comeOnline());
  });
  addEventListener("pagehide", saveAll);

  return { padOf, written, saveAll, isOnline };
}
