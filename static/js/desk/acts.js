/**
 * The chair's acts, the same for a button, a key and a dialog.
 *
 * An act is not begun again while its answer is awaited nor for a moment after it: a double tap on
 * "Mời người tiếp theo" must not pass over a speaker. What needs a word from the chair first opens a dialog.
 */
import { signal } from "@preact/signals";
import { toast } from "../components/toasts.js";
import { whyNotChairSpeaks, whyNotInvite, whyNotMuteAll, whyNotNext, whyNotSpeech, whyOffline } from "./reasons.js";
import { createUndo } from "./undo.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").AgendaItem} AgendaItem */

/**
 * @typedef {{name: "mute_all"} | {name: "invite"} | {name: "chair_speaks"}
 *   | {name: "open_item", item: AgendaItem} | {name: "agenda"} | {name: "adjourn"} | {name: "keys"}
 *   | {name: "entry", entry: WaitingRequest} | {name: "add"} | {name: "appoint"} | {name: "papers"} | {name: "screen"} | {name: "roll"} | {name: "gallery"} | {name: "share"} | {name: "commands"} | {name: "line", siteId: number}
 *   | {name: "conduct"} | {name: "totals"} | {name: "script"} | {name: "convene"}} OpenDialog
 */

/** @typedef {ReturnType<typeof createAct>} Act */
/** @typedef {ReturnType<typeof createChairActs>} ChairActs */

const REST_MS = 700;

/**
 * @param {() => string | null} why why it cannot be done now
 * @param {() => unknown} run
 * @param {number} [rest_ms] how long it rests after its answer
 */
export function createAct(why, run, rest_ms = REST_MS) {
  const isBusy = signal(false);
  return {
    why,
    isBusy,
    async act() {
      if (isBusy.peek()) return;
      const reason = why();
      if (reason) {
        toast(reason, { kind: "info" });
        return;
      }
      isBusy.value = true;
      try {
        await run();
      } finally {
        if (rest_ms) setTimeout(() => (isBusy.value = false), rest_ms);
        else isBusy.value = false;
      }
    },
  };
}

/**
 * What the chair does with one speech. `speech`: the one meant now, null when there is none.
 * @param {Desk} desk
 * @param {() => Speech | null} speech
 */
function createSpeechActs(desk, speech) {
  /** @param {(speech: Speech) => unknown} run @param {number} [rest_ms] */
  const act = (run, rest_ms) =>
    createAct(
      () => whyNotSpeech(desk, speech()),
      () => {
        const meant = speech();
        return meant && run(meant);
      },
      rest_ms,
    );
  const { command } = desk.connection;
  return {
    end: act(({ request_id }) => command("revoke_floor", { request_id })),
    extend: act(({ request_id }) => command("extend_speech", { request_id, seconds: 60 }), 0),
    /** Cuts the microphone, or gives it back. */
    microphone: act(({ request_id, paused_by }) =>
      command(paused_by.includes("muted") ? "resume_speech" : "mute_holder", { request_id }),
    ),
    pause: act(({ request_id }) => command("pause_speech", { request_id })),
    goOn: act(({ request_id }) => command("resume_speech", { request_id })),
  };
}

/** @typedef {ReturnType<typeof createSpeechActs>} SpeechActs */

/** @param {Desk} desk */
export function createChairActs(desk) {
  const dialog = signal(/** @type {OpenDialog | null} */ (null));
  const command = desk.connection.command;
  /** @type {Map<number, SpeechActs>} */
  const acts = new Map();

  return {
    dialog,
    undo: createUndo(desk),
    next: createAct(
      () => whyNotNext(desk),
      () => command("grant_next"),
    ),
    /** On the speech granted last: what a key acts on. */
    ...createSpeechActs(desk, () => desk.floor.value),
    /** On one of several speeches. @param {number} requestId */
    of(requestId) {
      const find = () => desk.holders.value.find((speech) => speech.request_id === requestId) ?? null;
      const known = acts.get(requestId) ?? createSpeechActs(desk, find);
      acts.set(requestId, known);
      return known;
    },
    muteAll: createAct(
      () => whyNotMuteAll(desk),
      () => (dialog.value = { name: "mute_all" }),
      0,
    ),
    invite: createAct(
      () => whyNotInvite(desk),
      () => (dialog.value = { name: "invite" }),
      0,
    ),
    chairSpeaks: createAct(
      () => whyNotChairSpeaks(desk),
      () => {
        if (!desk.floor.value) return command("chair_speaks", { current: "pause" });
        dialog.value = { name: "chair_speaks" };
      },
    ),
    endChairSpeech: createAct(
      () => whyOffline(desk),
      () => command("end_chair_speech"),
    ),
    /** @param {number} requestId */
    grant: (requestId) => command("grant_floor", { request_id: requestId }),
    /** @param {number} requestId */
    prepare: (requestId) => command("prepare_request", { request_id: requestId }),
    /** @param {number} requestId */
    defer: (requestId) => command("defer_request", { request_id: requestId }),
  };
}
