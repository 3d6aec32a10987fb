/**
 * The page's line to the server: one Socket.IO connection that comes back by itself, forever and without a reload. Commands carry an id
 * of this page and are sent again with the same id after a reconnect until the server has judged them (rule 26).
 */

import { batch, computed, signal } from "@preact/signals";
import { io } from "socket.io-client";
import { _, boot } from "./boot.js";
import { noteServerTime, now, onWake, syncClock } from "./clock.js";
import { toast } from "./components/toasts.js";
import { createParts } from "./parts.js";
import { claimTabId, newId, takeLinkToken, takeScreenToken } from "./tab.js";

/** @typedef {import("./types").Answer} Answer */
/** @typedef {import("./types").Connection} Connection */

const GRACE_MS = 5000; // a shorter loss is only a word in the corner
const ANSWER_MS = 8000; // no acknowledgement for so long: send again
const GIVE_UP_MS = 60000; // what somebody clicked a minute ago must not happen now
const FINAL_REFUSALS = ["link_unknown", "link_revoked", "desk_expired", "malformed"];

/** @returns {{link?: string, desk?: string} | null} */
function credentials() {
  if (["chair", "secretary", "board"].includes(boot.page)) {
    const desk = typeof boot.auth === "string" ? boot.auth : boot.auth?.desk;
    return desk ? { desk } : null;
  }
  const link = boot.page === "screen" ? takeScreenToken() : takeLinkToken();
  return link ? { link } : null;
}

/** @returns {Connection} */
export function connect() {
  const status = signal(/** @type {"connecting" | "online" | "lost" | "refused"} */ ("connecting"));
  const lostSince = signal(/** @type {number | null} */ (null));
  const attempt = signal(0);
  const refusal = signal(/** @type {{code: string, message: string} | null} */ (null));
  const seat = signal(/** @type {import("./types").Seat | null} */ (null));
  const presence = signal(/** @type {Record<string, import("./types").SitePresence>} */ ({}));
  const links = signal(/** @type {Record<string, import("./types").QualityWord>} */ ({}));
  const linkFigures = signal(/** @type {Record<string, import("./types").LinkFigures>} */ ({}));
  const alarms = signal(/** @type {import("./types").Alarm[]} */ ([]));
  const checks = signal(/** @type {Record<string, import("./types").PointCheck>} */ ({}));
  const log = signal(/** @type {import("./types").LogEntry[]} */ ([]));
  const mediaEpoch = signal(/** @type {string | null} */ (null));
  const accepted = signal(/** @type {import("./types").Accepted | null} */ (null));
  const isUsable = computed(() => {
    if (status.value === "online") return true;
    return status.value === "lost" && now.value > 0 && Date.now() - (lostSince.value ?? 0) < GRACE_MS;
  });

  const auth = credentials();
  let tab = "";
  const socket = io({
    path: "/socket.io/",
    transports: ["websocket"],
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 2000,
    randomizationFactor: 0.3,
    timeout: 5000,
    auth: (give) => give({ ...auth, tab, lang: boot.lang }),
  });

  /** @type {Map<string, {message: object, options: import("./types").CommandOptions, after: number, since: number, sent: number, resolve: (answer: Answer) => void}>} */
  const pending = new Map();
  /** @type {Set<(answer: Answer) => void>} */
  const asked = new Set();
  let isAskingSnapshot = false;
  const noLine = () => ({ ok: false, code: "connection_lost", message: _("Mất kết nối, chưa gửi được.") });

  /** @type {Connection["request"]} */
  function request(event, payload = {}) {
    if (!socket.connected) return Promise.resolve(noLine());
    return new Promise((resolve) => {
      const settle = (/** @type {any} */ answer) => {
        clearTimeout(timer);
        asked.delete(settle);
        resolve(answer ?? noLine());
      };
      const timer = setTimeout(() => settle(noLine()), ANSWER_MS);
      asked.add(settle);
      socket.emit(event, payload, settle);
    });
  }

  async function askSnapshot() {
    if (isAskingSnapshot) return;
    isAskingSnapshot = true;
    const snapshot = await request("get_snapshot");
    isAskingSnapshot = false;
    if (snapshot?.parts) takeSnapshot(snapshot);
  }

  const parts = createParts(() => void askSnapshot());

  /** Before the doors open nothing is journaled: who is there already is told by the presence alone. */
  const publicPart = computed(() => {
    const part = parts.values.public.value;
    if (part?.conference.status !== "scheduled") return part;
    const isHere = (/** @type {number} */ id) => {
      const site = presence.value[String(id)];
      return Boolean(site?.socket || site?.media);
    };
    const connected = part.sites.map((site) => site.id).filter(isHere);
    return { ...part, connected, arrived: [...new Set([...part.arrived, ...connected])] };
  });

  /** All of it at once: nobody sees the parts without the checks. @param {import("./types").Snapshot} snapshot */
  function takeSnapshot(snapshot) {
    batch(() => {
      parts.takeSnapshot(snapshot);
      if (snapshot.presence) presence.value = snapshot.presence;
      if (snapshot.links) links.value = snapshot.links;
      if (snapshot.link_figures) linkFigures.value = snapshot.link_figures;
      if (snapshot.alarms) alarms.value = snapshot.alarms;
      if (snapshot.checks) checks.value = snapshot.checks;
      if (snapshot.log) log.value = snapshot.log;
    });
  }

  /** @type {Connection["command"]} */
  function command(name, args = {}, options = {}) {
    const id = newId();
    return new Promise((resolve) => {
      pending.set(id, { message: { id, name, args }, options, after: parts.heldSeq(), since: Date.now(), sent: 0, resolve });
      send(id);
    });
  }

  /** @param {string} id */
  function send(id) {
    const entry = pending.get(id);
    if (!entry || status.peek() !== "online" || !socket.connected) return;
    entry.sent = Date.now();
    socket.emit("command", entry.message, (/** @type {Answer} */ answer) => settle(id, answer));
  }

  /**
   * @param {string} id
   * @param {Answer} answer
   */
  function settle(id, answer) {
    const entry = pending.get(id);
    if (!entry) return;
    pending.delete(id);
    if (answer.ok && answer.seq !== undefined) accepted.value = { after: entry.after, seq: answer.seq };
    if (!answer.ok && !entry.options.quiet)
      toast(answer.message || _("Máy chủ từ chối thao tác này."), { kind: "bad" });
    entry.resolve(answer);
  }

  setInterval(() => {
    for (const [id, entry] of pending) {
      if (Date.now() - entry.since > GIVE_UP_MS) settle(id, noLine());
      else if (Date.now() - entry.sent > ANSWER_MS) send(id);
    }
    // The library itself does not come back after a refusal in words or after the server has closed the line.
    if (tab && status.peek() !== "refused" && !socket.active) socket.connect();
  }, 1000);

  function lose() {
    if (status.peek() === "refused") return;
    if (lostSince.peek() === null) lostSince.value = Date.now();
    if (status.peek() === "online") status.value = "lost";
    for (const resolve of [...asked]) resolve(noLine());
  }

  socket.on("welcome", (/** @type {any} */ message) => {
    parts.forget();
    noteServerTime(message.server_time);
    const before = seat.peek();
    const wasTaken = before?.state === "lost" && message.seat.state === "occupied";
    seat.value = wasTaken ? before : message.seat;
    mediaEpoch.value = message.epoch;
  });
  socket.on("snapshot", (snapshot) => {
    takeSnapshot(snapshot);
    if (status.peek() === "online") return;
    status.value = "online";
    lostSince.value = null;
    attempt.value = 0;
    for (const id of pending.keys()) send(id);
    void syncClock(request);
  });
  socket.on("changes", (message) => parts.takeChanges(message));
  socket.on("presence", (map) => (presence.value = map));
  socket.on("links", (words) => (links.value = words));
  socket.on("link_figures", (changed) => (linkFigures.value = { ...linkFigures.peek(), ...changed }));
  socket.on("alarms", (all) => (alarms.value = all));
  socket.on("checks", (changed) => (checks.value = { ...checks.peek(), ...changed }));
  socket.on("log", (entries) => (log.value = [...log.peek(), ...entries].slice(-300)));
  socket.on("media_epoch", (message) => (mediaEpoch.value = message.epoch));
  socket.on("seat_lost", (message) => {
    const current = seat.peek();
    if (current) seat.value = { ...current, state: "lost", lost_reason: message.reason };
  });
  socket.on("disconnect", lose);
  socket.on("connect_error", (error) => {
    const data = /** @type {any} */ (error).data;
    if (data?.code) refusal.value = { code: data.code, message: data.message || error.message };
    if (FINAL_REFUSALS.includes(data?.code)) status.value = "refused";
    else lose();
  });
  socket.on("connect", () => (refusal.value = null));
  socket.io.on("reconnect_attempt", (count) => (attempt.value = count));

  function reconnectNow() {
    if (status.peek() === "refused") return location.reload();
    socket.disconnect();
    socket.connect();
  }

  addEventListener("online", () => status.peek() === "lost" && reconnectNow());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  setInterval(() => status.peek() === "online" && void syncClock(request), 60000);
  onWake(() => status.peek() === "online" && void syncClock(request));

  if (auth)
    void claimTabId().then((id) => {
      tab = id;
      socket.connect();
    });
  else {
    refusal.value = { code: "link_missing", message: _("Trang này mở bằng liên kết riêng của từng điểm cầu. Hãy mở lại liên kết thư ký đã gửi.") };
    status.value = "refused";
  }

  return {
    link: auth?.link ?? null,
    status,
    lostSince,
    attempt,
    refusal,
    seat,
    publicPart,
    ownPart: parts.values.own,
    deskPart: parts.values.desk,
    presence,
    links,
    linkFigures,
    alarms,
    checks,
    log,
    mediaEpoch,
    accepted,
    isUsable,
    command,
    request,
    on(event, listener) {
      socket.on(event, listener);
      return () => socket.off(event, listener);
    },
    async claimSeat(mode) {
      const answer = await request("claim_seat", { mode });
      const current = seat.peek();
      if (answer.ok && current) seat.value = { ...current, state: answer.state };
      return answer;
    },
    noteMediaEpoch(epoch) {
      mediaEpoch.value = epoch;
    },
    reconnectNow,
  };
}
