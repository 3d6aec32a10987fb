/** What a point's page asks before the day. The token of its link goes in a header: no cookie, no address, no log holds it. */

import { _ } from "../boot.js";
import { dateOf } from "../clock.js";

const HEADER = "X-Site-Link";
const ASK_MS = 3000;

/**
 * @typedef {{id: number, full_name: string, title: string, body: string, role: string, substitute_for_id: number | null, is_from_site: boolean, version: number}} Delegate
 * @typedef {{id: number, who: string, topic: string, minutes: number}} Speech
 * @typedef {{title: string, planned_at: string, presenter: string, topics: string[]}} Item
 * @typedef {{
 *   conference: {title: string, organiser: string, kind: string, note: string | null, opens_at: string, ends_at: string, place: string, is_cancelled: boolean, items: Item[]},
 *   site: {name: string, room: string, address: string, contact_name: string, contact_phone: string | null, expected_count: number | null},
 *   terms: {until: string | null, contact_name: string, contact_phone: string, is_open: boolean},
 *   answer: {state: "confirmed" | "declined" | null, remark: string, answered_by: string, head_count: number | null, answered_at: string | null, list_sent_at: string | null},
 *   delegates: Delegate[],
 *   speeches: Speech[],
 * }} Preparation
 * @typedef {{ok: boolean, body: any, message: string, errors: Record<string, string>}} Answer
 */

/** 24/11/2026, in the time zone of the conference. @param {string} iso */
export function dayOf(iso) {
  const { day, month, year } = dateOf(iso);
  return `${String(day).padStart(2, "0")}/${String(month).padStart(2, "0")}/${year}`;
}

/**
 * Whether the link of this tab leads to the preparation now. Without an answer in time it leads to the seat.
 * @param {string | null} token
 */
export async function leadsToPreparation(token) {
  if (!token) return false;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), ASK_MS);
  try {
    const answer = await fetch("/seat", { headers: { [HEADER]: token }, signal: patience.signal });
    return answer.ok && (await answer.json()).page === "prepare";
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} token */
export function createSeat(token) {
  /**
   * @param {string} path
   * @param {string} [method]
   * @param {object | FormData} [sent] an object goes as JSON, a form with a file as it is
   * @returns {Promise<Answer>}
   */
  async function ask(path, method = "GET", sent) {
    /** @type {Record<string, string>} */
    const headers = { [HEADER]: token, Accept: "application/json" };
    const isForm = sent instanceof FormData;
    if (sent && !isForm) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(path, { method, headers, body: isForm ? sent : sent && JSON.stringify(sent) });
      const body = await answer.json().catch(() => ({}));
      return {
        ok: answer.ok,
        body,
        message: answer.ok ? "" : body.message || _("Máy chủ từ chối thao tác này."),
        errors: body.errors ?? {},
      };
    } catch {
      const message = _("Chưa gửi được: mất kết nối với máy chủ. Hãy thử lại, phần đã điền vẫn còn.");
      return { ok: false, body: {}, message, errors: {} };
    }
  }
  return { ask };
}
