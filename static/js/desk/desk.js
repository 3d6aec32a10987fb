/**
 * What both desks know of the conference: names of sites, who waits, who speaks, and whether this desk
 * may act as the chair now. All of it is read from the parts; nothing here decides a rule.
 */
import { computed } from "@preact/signals";

/** @typedef {import("../types").Connection} Connection */
/** @typedef {import("../types").Site} Site */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("../types").AgendaItem} AgendaItem */
/** @typedef {import("../types").Delegate} Delegate */
/** @typedef {import("../types").SitePresence} SitePresence */
/** @typedef {ReturnType<typeof openDesk>} Desk */

/** @typedef {"connected" | "partial" | "lost"} LinkState */

/** @type {Site[]} */ const NO_SITES = [];
/** @type {WaitingRequest[]} */ const NO_ENTRIES = [];
/** @type {AgendaItem[]} */ const NO_ITEMS = [];

/**
 * @param {Connection} connection
 */
export function openDesk(connection) {
  const { publicPart, deskPart, presence, seat, isUsable } = connection;
  const conference = computed(() => publicPart.value?.conference ?? null);
  const sites = computed(() => publicPart.value?.sites ?? NO_SITES);
  const siteById = computed(() => new Map(sites.value.map((site) => [site.id, site])));
  const floor = computed(() => publicPart.value?.floor ?? null);
  const queue = computed(() => publicPart.value?.queue ?? NO_ENTRIES);
  const agenda = computed(() => publicPart.value?.agenda ?? NO_ITEMS);
  const currentItem = computed(
    () => agenda.value.find((item) => item.id === publicPart.value?.current_item_id) ?? null,
  );
  const connected = computed(() => new Set(publicPart.value?.connected ?? []));
  const isActingChair = computed(
    () =>
      seat.value?.role === "secretary" &&
      seat.value.label === `secretary:${deskPart.value?.acting_chair?.account_id ?? ""}`,
  );
  /** Whether this desk has the chair's acts: the chair, or the secretary while appointed. */
  const isChairing = computed(() => seat.value?.role === "chair" || isActingChair.value);
  /** The first in order whose site is connected: whom "Mời người tiếp theo" invites (rule 20). */
  const next = computed(() => queue.value.find((entry) => entry.is_connected) ?? null);

  /** @param {number} siteId */
  const siteName = (siteId) => siteById.value.get(siteId)?.name ?? "";

  /**
   * @param {number} siteId
   * @returns {SitePresence | null}
   */
  const presenceOf = (siteId) => presence.value[String(siteId)] ?? null;

  /**
   * @param {number} siteId
   * @returns {LinkState}
   */
  const linkOf = (siteId) => {
    const seen = presenceOf(siteId);
    if (!seen || (!seen.socket && !seen.media)) return "lost";
    return seen.socket && seen.media ? "connected" : "partial";
  };

  return {
    connection,
    conference,
    sites,
    siteById,
    siteName,
    presenceOf,
    linkOf,
    floor,
    queue,
    agenda,
    currentItem,
    connected,
    isUsable,
    isActingChair,
    isChairing,
    next,
    roll: computed(() => deskPart.value?.roll ?? []),
    speeches: computed(() => deskPart.value?.speeches ?? []),
    otherRequests: computed(() => deskPart.value?.requests ?? []),
    stage: computed(() => publicPart.value?.stage ?? null),
  };
}
