/**
 * Undo at a desk (rule 23). What may be undone is the server's to say; the desk offers it for 8 s after its own act, in a notice
 * and by the key Z. The end of a speech stays on offer, beside the empty floor, until somebody else is invited.
 */
import { effect, signal, untracked } from "@preact/signals";
import { _ } from "../boot.js";
import { serverNow } from "../clock.js";
import { toast, UNDO_MS } from "../components/toasts.js";
import { whyOffline } from "./reasons.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").UndoOffer} UndoOffer */

/**
 * What was done, in words.
 * @param {UndoOffer} offer
 * @param {string} site
 */
function doneWords({ act }, site) {
  switch (act) {
    case "end":
      return _("Đã kết thúc lượt của %(site)s", { site });
    case "grant":
      return _("Đã mời %(site)s phát biểu", { site });
    case "removal":
      return _("Đã đưa %(site)s khỏi danh sách", { site });
    case "deferral":
      return _("Đã để %(site)s sau cùng", { site });
    case "order":
      return _("Đã đổi thứ tự danh sách");
  }
}

/** @param {Desk} desk */
export function createUndo(desk) {
  const { connection } = desk;
  /** The notices that stand, by the number of their offer. @type {Map<number, () => void>} */
  const notices = new Map();
  const isBusy = signal(false);
  let told = 0;

  /** @param {number} seq */
  async function undo(seq) {
    if (isBusy.peek()) return;
    const why = whyOffline(desk);
    if (why) return void toast(why, { kind: "info" });
    isBusy.value = true;
    const answer = await connection.command("undo", { seq });
    isBusy.value = false;
    if (answer.ok) toast(_("Đã hoàn tác"), { kind: "info" });
  }

  /** @param {UndoOffer} offer */
  function tell(offer) {
    const close = toast(doneWords(offer, desk.siteName(offer.site_id ?? 0)), { undo: () => void undo(offer.seq) });
    notices.set(offer.seq, close);
    setTimeout(() => notices.delete(offer.seq), UNDO_MS);
  }

  effect(() => {
    const [offers, mine] = [desk.undoOffers.value, connection.accepted.value];
    untracked(() => {
      for (const [seq, close] of notices) {
        if (offers.some((offer) => offer.seq === seq)) continue;
        close();
        notices.delete(seq);
      }
      for (const offer of offers) {
        const isMine = mine !== null && offer.seq > mine.after && offer.seq <= mine.seq;
        if (!isMine || offer.seq <= told || serverNow() - Date.parse(offer.at) > UNDO_MS) continue;
        told = offer.seq;
        tell(offer);
      }
    });
  });

  /** The last speech that was ended, while nobody has been invited since. */
  const endOffer = () => desk.undoOffers.value.findLast((offer) => offer.act === "end") ?? null;

  return {
    isBusy,
    undo,
    endOffer,
    /** Undoes the newest act that the desk shows as one to undo. */
    newest() {
      const offer = desk.undoOffers.peek().findLast(({ seq, act }) => notices.has(seq) || act === "end");
      if (!offer) return void toast(_("Không có việc nào vừa làm để hoàn tác."), { kind: "info" });
      notices.get(offer.seq)?.();
      void undo(offer.seq);
    },
  };
}
