/**
 * The order of the list while it is being changed by hand.
 *
 * The server's order is shown, except between the drop of an entry and the arrival of the changed part:
 * then the order asked for is, so that the row does not jump back. A refusal shows the server's order again.
 */
import { signal } from "@preact/signals";

/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("./desk.js").Desk} Desk */

const SETTLE_MS = 2000;

/**
 * The entries in the wanted order, or null when the two name different entries.
 * @param {WaitingRequest[]} queue
 * @param {number[] | null} order
 * @returns {WaitingRequest[] | null}
 */
export function inOrder(queue, order) {
  if (!order || order.length !== queue.length) return null;
  const byId = new Map(queue.map((entry) => [entry.request_id, entry]));
  const entries = order.map((id) => byId.get(id));
  return entries.every((entry) => entry !== undefined) ? /** @type {WaitingRequest[]} */ (entries) : null;
}

/**
 * The ids with the one at `from` moved to `to`.
 * @param {number[]} ids
 * @param {number} from
 * @param {number} to
 * @returns {number[]}
 */
export function moved(ids, from, to) {
  const order = [...ids];
  const [id] = order.splice(from, 1);
  if (id !== undefined) order.splice(to, 0, id);
  return order;
}

/** @param {Desk} desk */
export function createQueueOrder(desk) {
  const wanted = /** @type {import("@preact/signals").Signal<number[] | null>} */ (signal(null));
  let asked = 0;

  /** The entries as they are to be shown. */
  const entries = () => inOrder(desk.queue.value, wanted.value) ?? desk.queue.value;

  /**
   * Ask for the entry at `from` to stand at `to`.
   * @param {number} from
   * @param {number} to
   */
  async function move(from, to) {
    const item = desk.currentItem.value;
    const ids = entries().map((entry) => entry.request_id);
    if (!item || from === to || to < 0 || to >= ids.length) return;
    const order = moved(ids, from, to);
    const mine = ++asked;
    wanted.value = order;
    const answer = await desk.connection.command("reorder_queue", { item_id: item.id, request_ids: order });
    if (answer.ok) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    if (mine === asked) wanted.value = null;
  }

  return { entries, move };
}
