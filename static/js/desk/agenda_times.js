/**
 * Planned, actual and expected times of the agenda, in milliseconds; pure.
 *
 * What is over or open has its actual start. What is still to come is expected to start when everything
 * before it has taken its planned time, and never earlier than now.
 */

/** @typedef {import("../types").AgendaItem} AgendaItem */

/**
 * @typedef {object} ItemTimes
 * @property {AgendaItem} item
 * @property {number | null} planned_ms planned start
 * @property {number | null} actual_ms actual start, else the expected one
 * @property {boolean} is_expected whether `actual_ms` is only expected
 * @property {number | null} drift_minutes actual minus planned start; only of what has begun
 */

const MINUTE = 60_000;

/**
 * @param {string | null} iso
 * @returns {number | null}
 */
function time(iso) {
  return iso ? Date.parse(iso) : null;
}

/**
 * When the open item is expected to end, or null without one: after its planned time, and not before all who wait have spoken.
 * @param {AgendaItem | null} item
 * @param {number} now
 * @param {number} [waiting_ms] what the running speech and the list will still take
 * @returns {number | null}
 */
export function expectedEnd(item, now, waiting_ms = 0) {
  const start = time(item?.opened_at ?? null);
  if (!item || start === null) return null;
  return Math.max(start + (item.planned_minutes ?? 0) * MINUTE, now + waiting_ms);
}

/**
 * When the agenda was to end; null without planned times.
 * @param {ItemTimes[]} times
 * @returns {number | null}
 */
export function agendaPlannedEnd(times) {
  const last = times.findLast((entry) => entry.planned_ms !== null);
  return last?.planned_ms != null ? last.planned_ms + (last.item.planned_minutes ?? 0) * MINUTE : null;
}

/**
 * When the whole agenda is expected to end; null while nothing tells.
 * @param {ItemTimes[]} times
 * @param {number | null} current_end
 * @returns {number | null}
 */
export function agendaEnd(times, current_end) {
  const last = times.findLast((entry) => entry.item.status === "planned" && entry.actual_ms !== null);
  return last?.actual_ms != null ? last.actual_ms + (last.item.planned_minutes ?? 0) * MINUTE : current_end;
}

/**
 * @param {AgendaItem[]} agenda
 * @param {number | null} currentId
 * @param {number} now
 * @param {number} [waiting_ms] as in `expectedEnd`
 * @returns {ItemTimes[]}
 */
export function itemTimes(agenda, currentId, now, waiting_ms = 0) {
  const current = agenda.find((item) => item.id === currentId) ?? null;
  let expected = expectedEnd(current, now, waiting_ms);
  const from = current ? agenda.indexOf(current) : -1;
  return agenda.map((item, index) => {
    const planned = time(item.planned_at);
    const opened = time(item.opened_at);
    if (opened !== null) {
      const drift = planned === null ? null : Math.round((opened - planned) / MINUTE);
      return { item, planned_ms: planned, actual_ms: opened, is_expected: false, drift_minutes: drift };
    }
    let start = null;
    if (expected !== null && index > from && item.status === "planned") {
      start = expected;
      expected += (item.planned_minutes ?? 0) * MINUTE;
    }
    return { item, planned_ms: planned, actual_ms: start, is_expected: true, drift_minutes: null };
  });
}

/**
 * The item after the open one, or the first one not yet opened; null when none is left.
 * @param {AgendaItem[]} agenda
 * @param {number | null} currentId
 * @returns {AgendaItem | null}
 */
export function nextItem(agenda, currentId) {
  const from = agenda.findIndex((item) => item.id === currentId);
  return agenda.slice(from + 1).find((item) => item.status === "planned") ?? null;
}
