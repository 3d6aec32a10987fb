/**
 * The chair's acts, the same for a button, a key and a dialog.
 *
 * An act is not begun again while its answer is awaited nor for a moment after it: a double tap on
 * "Mời người tiếp theo" must not pass over a speaker. What needs a word from the chair first opens a dialog.
 */
import { signal } from "@preact/signals";
import { toast } from "../components/toasts.js";
import { whyNotChairSpeaks, whyNotInvite, whyNotMuteAll, whyNotNext, whyNotSpeech, whyOffline } from "./reasons.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").AgendaItem} AgendaItem */

/**
 * @typedef {{name: "mute_all"} | {name: "invite"} | {name: "chair_speaks", speech: Speech}
 *   | {name: "open_item", item: AgendaItem} | {name: "agenda"} | {name: "adjourn"} | {name: "keys"}
 *   | {name: "entry", entry: WaitingRequest} | {name: "add"} | {name: "appoint"} | {name: "papers"} | {name: "screen"} | {name: "commands"} | {name: "line", siteId: number}} OpenDialog
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

/** @param {Desk} desk */
export function createChairActs(desk) {
  const dialog = signal(/** @type {OpenDialog | null} */ (null));
  const command = desk.connection.command;
  const holder = () => ({ request_id: desk.floor.value?.request_id ?? 0 });
  const isMuted = () => desk.floor.value?.paused_by.includes("muted") ?? false;

  return {
    dialog,
    next: createAct(
      () => whyNotNext(desk),
      () => command("grant_next"),
    ),
    end: createAct(
      () => whyNotSpeech(desk),
      () => command("revoke_floor", holder()),
    ),
    extend: createAct(
      () => whyNotSpeech(desk),
      () => command("extend_speech", { ...holder(), seconds: 60 }),
      0,
    ),
    /** Cuts the holder's microphone, or gives it back. */
    microphone: createAct(
      () => whyNotSpeech(desk),
      () => command(isMuted() ? "resume_speech" : "mute_holder", holder()),
    ),
    continueSpeech: createAct(
      () => whyNotSpeech(desk),
      () => command("resume_speech", holder()),
    ),
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
        const speech = desk.floor.value;
        if (!speech) return command("chair_speaks", { current: "pause" });
        dialog.value = { name: "chair_speaks", speech };
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
  };
}
