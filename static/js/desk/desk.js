/**
 * What both desks know of the conference: names of sites, who waits, who speaks, and whether this desk
 * may act as the chair now. All of it is read from the parts; nothing here decides a rule.
 */
import { computed } from "@preact/signals";
import { createTiles } from "../tiles.js";

/** @typedef {import("../types").Connection} Connection */
/** @typedef {import("../types").Site} Site */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("../types").AgendaItem} AgendaItem */
/** @typedef {import("../types").Delegate} Delegate */
/** @typedef {import("../types").SitePresence} SitePresence */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").UndoOffer} UndoOffer */
/** @typedef {ReturnType<typeof openDesk>} Desk */

/** @type {Site[]} */ const NO_SITES = [];
/** @type {WaitingRequest[]} */ const NO_ENTRIES = [];
/** @type {AgendaItem[]} */ const NO_ITEMS = [];
/** @type {Speech[]} */ const NO_SPEECHES = [];
/** @type {UndoOffer[]} */ const NO_OFFERS = [];

/**
 * @param {Connection} connection
 */
export function openDesk(connection) {
  const { publicPart, deskPart, presence, seat, isUsable } = connection;
  const conference = computed(() => publicPart.value?.conference ?? null);
  const sites = computed(() => publicPart.value?.sites ?? NO_SITES);
  const siteById = computed(() => new Map(sites.value.map((site) => [site.id, site])));
  /** Nothing can be done any more: what would always be refused is not shown. */
  const isOver = computed(() => conference.value?.status === "adjourned");
  const floor = computed(() => publicPart.value?.floor ?? null);
  const holders = computed(() => publicPart.value?.holders ?? NO_SPEECHES);
  const queue = computed(() => publicPart.value?.queue ?? NO_ENTRIES);
  const agenda = computed(() => publicPart.value?.agenda ?? NO_ITEMS);
  const currentItem = computed(
    () => agenda.value.find((item) => item.id === publicPart.value?.current_item_id) ?? null,
  );
  const connected = computed(() => new Set(publicPart.value?.connected ?? []));
  /** Whether this secretary is the one appointed. */
  const isActingChair = computed(() => {
    const acting = deskPart.value?.acting_chair;
    if (!acting || seat.value?.role !== "secretary") return false;
    return seat.value.account_id === acting.account_id;
  });
  /** Whether this desk has the chair's acts: the chair, or the secretary while appointed. */
  const isChairing = computed(() => seat.value?.role === "chair" || isActingChair.value);
  /** The first in order whose site is connected and whose turn the mode allows: whom "Mời người tiếp theo" invites (rule 20). */
  const next = computed(() => queue.value.find((entry) => entry.is_connected && entry.is_in_turn) ?? null);

  /** @param {number} siteId */
  const siteName = (siteId) => siteById.value.get(siteId)?.name ?? "";

  /**
   * @param {number} siteId
   * @returns {SitePresence | null}
   */
  const presenceOf = (siteId) => presence.value[String(siteId)] ?? null;

  /**
   * @param {number} siteId
   * @returns {import("../types").QualityWord | null} null: not measured
   */
  const qualityOf = (siteId) => connection.links.value[String(siteId)] ?? null;

  /**
   * @param {number} siteId
   * @returns {import("../types").LinkFigures | null}
   */
  const figuresOf = (siteId) => connection.linkFigures.value[String(siteId)] ?? null;

  /** Whether a site is there, but its line is weak. @param {number} siteId */
  const isWeak = (siteId) => connected.value.has(siteId) && qualityOf(siteId) === "weak";

  /** Since when a site's line has been lost, by site: one that never came is not lost. */
  const lostSince = computed(() => {
    /** @type {Map<number, string>} */
    const lost = new Map();
    for (const { event, site_id: id, at } of connection.log.value) {
      if (id === undefined || id === null) continue;
      if (event === "site_disconnected") lost.set(id, at);
      if (event === "site_connected") lost.delete(id);
    }
    return lost;
  });

  return {
    connection,
    tiles: createTiles(connection),
    conference,
    isOver,
    sites,
    siteById,
    siteName,
    presenceOf,
    qualityOf,
    figuresOf,
    isWeak,
    lostSince,
    floor,
    holders,
    settings: computed(() => publicPart.value?.settings ?? null),
    queue,
    /** The points of order that wait, the first in order first. */
    orders: computed(() => queue.value.filter((entry) => entry.kind === "point_of_order")),
    agenda,
    currentItem,
    connected,
    isUsable,
    isActingChair,
    isChairing,
    next,
    roll: computed(() => deskPart.value?.roll ?? []),
    rollCall: computed(() => deskPart.value?.roll_call ?? null),
    attendance: computed(() => deskPart.value?.attendance ?? null),
    speeches: computed(() => deskPart.value?.speeches ?? []),
    /** What this desk may undo, the newest last. */
    undoOffers: computed(() =>
      (deskPart.value?.undo ?? NO_OFFERS).filter((offer) => offer.by !== "chair" || isChairing.value),
    ),
    notYetHeard: computed(() => new Set(deskPart.value?.not_yet_heard ?? [])),
    otherRequests: computed(() => deskPart.value?.requests ?? []),
    stage: computed(() => publicPart.value?.stage ?? null),
  };
}
