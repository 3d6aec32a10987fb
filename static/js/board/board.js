/** The line-test board: all points at a glance, before and during the conference; the desk goes through them in order. */

import { computed, signal } from "@preact/signals";
import { ORDER } from "../arrive/check.js";
import { createTalk } from "../arrive/talk.js";

/** @typedef {"missing" | "checking" | "waiting" | "inside" | "removed"} Whereabouts */
/** @typedef {{name: string, phone: string, where: string}} Contact */
/** @typedef {{is_passed: boolean | null, remark: string, tested_by: string, tested_at: string}} Test */
/** @typedef {ReturnType<typeof openBoard>} Board */

/** @param {import("../desk/desk.js").Desk} desk */
export function openBoard(desk) {
  const { connection } = desk;
  const contacts = signal(/** @type {Record<string, Contact>} */ ({}));
  const tests = signal(/** @type {Record<string, Test>} */ ({}));
  const pictures = signal(/** @type {Record<string, {at: string, jpeg: string}>} */ ({}));
  const current = signal(/** @type {number | null} */ (null));
  const talk = createTalk(connection, "desk");

  // A new socket has to say again that it watches.
  connection.status.subscribe(async (status) => {
    if (status !== "online") return;
    const told = await connection.request("watch_board");
    if (!told.ok) return;
    contacts.value = told.contacts;
    tests.value = told.tests;
    pictures.value = told.pictures;
  });
  connection.on("pictures", (changed) => (pictures.value = { ...pictures.peek(), ...changed }));
  connection.on("tests", (changed) => (tests.value = { ...tests.peek(), ...changed }));

  const points = computed(() => desk.sites.value.filter((site) => site.kind === "site"));

  /** @param {number} id @returns {Whereabouts} */
  function whereabouts(id) {
    const here = connection.presence.value[String(id)];
    const entry = connection.deskPart.value?.entries.find((one) => one.site_id === id);
    const check = connection.checks.value[String(id)];
    if (entry?.state === "removed") return "removed";
    if (!here?.socket && !here?.media) return "missing";
    if (here.media) return "inside";
    if (!check?.entered_at) return "checking";
    return entry?.state === "admitted" ? "inside" : "waiting";
  }

  /** What the point's own check has found wanting. @param {number} id */
  function wanting(id) {
    const parts = connection.checks.value[String(id)]?.parts ?? {};
    return ORDER.filter((part) => ["warned", "failed"].includes(parts[part]?.verdict ?? ""));
  }

  /** The first point after the present one of which nothing has been said yet. */
  function next() {
    const ids = points.value.map((site) => site.id);
    const from = current.peek() === null ? 0 : ids.indexOf(/** @type {number} */ (current.peek())) + 1;
    const order = [...ids.slice(from), ...ids.slice(0, from)];
    return order.find((id) => (tests.value[String(id)]?.is_passed ?? null) === null) ?? null;
  }

  return {
    desk,
    contacts,
    tests,
    pictures,
    current,
    points,
    talk,
    whereabouts,
    wanting,
    next,
    /** @param {number} siteId @param {boolean | null} isPassed @param {string} remark */
    keep: (siteId, isPassed, remark) =>
      connection.request("keep_test", { site_id: siteId, is_passed: isPassed, remark }),
  };
}
