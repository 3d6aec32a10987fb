/** The page of a site, and its hall variant (the hall station). */

import { computed, effect, signal, useSignal } from "@preact/signals";
import { render } from "preact";
import { isStillGood } from "../arrive/check.js";
import { TalkPanel } from "../arrive/talk_panel.js";
import { sendThumbnails } from "../arrive/thumbnails.js";
import { GreenRoom } from "../arrive/green_room.js";
import { WaitingRoom } from "../arrive/waiting_room.js";
import { _ } from "../boot.js";
import { clockTime, now } from "../clock.js";
import { ClockWord } from "../components/clock-word.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { LanguageSwitch } from "../components/language-switch.js";
import { LineDialog } from "../components/line-dialog.js";
import { OwnLinkWord } from "../components/link-word.js";
import { Logo } from "../components/logo.js";
import { Toasts } from "../components/toasts.js";
import { connect } from "../connection.js";
import { html } from "../html.js";
import { toggleFullScreen, useKeys } from "../keyboard.js";
import { createMedia } from "../media.js";
import { createShare } from "../share.js";
import { megabits, siteOf } from "../words.js";
import { Controls, goToRegistration } from "./controls.js";
import { DevicesDialog } from "./devices-dialog.js";
import { takeUpDuties } from "./duties.js";
import { SideTabs } from "./messages.js";
import { OwnBanner } from "./own-banner.js";
import { isInControl, toggleMicrophone } from "./microphone.js";
import { SitePageContext, usePage } from "./page-context.js";
import { Pictures } from "./pictures.js";
import { Registration } from "./registration.js";
import { SeatDialog } from "./seat-dialog.js";
import { ShareButton, ShareDialog } from "./share-dialog.js";

function Clock() {
  const time = clockTime(now.value);
  return html`<time class="livebar-clock num" datetime=${time}>${time}</time>`;
}

/** @param {{onLine: () => void}} props */
function Net({ onLine }) {
  const { connection, media } = usePage();
  const stats = media.stats.value;
  const rates =
    stats &&
    _("%(rtt)s ms · %(rate)s Mb/s", {
      rtt: stats.rtt_ms ?? "–",
      rate: megabits(stats.up_kbps + stats.down_kbps),
    });
  return html`<button type="button" class="site-net" data-test="net" title=${_("Xem nhật ký đường truyền")} onClick=${onLine}>
    <${OwnLinkWord} connection=${connection} />${rates && html`<small class="num muted">${rates}</small>`}<span class="sr">${_("Xem nhật ký đường truyền")}</span>
  </button>`;
}

/** @param {{onDevices: () => void, onLine: () => void, onShare?: () => void}} props */
function Bar({ onDevices, onLine, onShare }) {
  const { connection, isHall, isArriving, isWaiting } = usePage();
  const part = connection.publicPart.value;
  const site = part && siteOf(part, connection.seat.value?.site_id);
  const opening = _("Khai mạc lúc %(time)s", { time: clockTime(part?.conference.opens_at) });
  return html`<header class="livebar">
    <span class="livebar-brand"><${Logo} /></span>
    <div class="livebar-title">
      <strong>${part?.conference.short_title || part?.conference.title || "Điểm Cầu"}</strong>
      <span
        >${site && !isHall && html`<span class="site-wide">${_("Điểm cầu")} </span>`}${site?.name}${isHall && ` · ${_("Máy trạm hội trường")}`}</span
      >
    </div>
    ${
      part?.conference.status === "scheduled" &&
      !isHall &&
      html`<a class="btn is-small is-ghost site-wide" href="/prepare" data-test="prepare"><${Icon} name="clipboard-list" />${_("Chuẩn bị")}</a>`
    }
    ${onShare && html`<${ShareButton} onShare=${onShare} />`}
    <${ClockWord} />
    ${
      isArriving.value || isWaiting.value
        ? html`<span class="badge is-info"><${Icon} name="clock" />${opening}</span>`
        : connection.status.value !== "refused" && html`<${Net} onLine=${onLine} />`
    }
    <button
      class="btn is-icon is-ghost site-wide"
      type="button"
      aria-label=${_("Xem toàn màn hình cho tivi (F)")}
      onClick=${toggleFullScreen}
    >
      <${Icon} name="maximize" />
    </button>
    ${
      !isArriving.value &&
      html`<button
        class="btn is-icon is-ghost"
        type="button"
        aria-label=${_("Thiết bị và âm thanh")}
        data-test="devices"
        onClick=${onDevices}
      >
        <${Icon} name="settings" />
      </button>`
    }
    <span class="site-wide"><${LanguageSwitch} /></span>
    <${Clock} />
  </header>`;
}

/** The browser asks for the permission: say why, in the meantime. */
function Opening() {
  const { media } = usePage();
  if (!media.isOpening.value || media.localStream.value) return null;
  return html`<div class="site-opening" role="status">
    <${Icon} name="camera" />
    <p>
      <strong>${_("Đang mở camera và micro…")}</strong
      >${_("Nếu trình duyệt hỏi, hãy bấm Cho phép. Micro vẫn tắt cho đến khi chủ trì mời phát biểu.")}
    </p>
  </div>`;
}

/** The browser keeps the sound back until somebody clicks. */
export function Unblock() {
  const { media } = usePage();
  if (!media.blocked.value) return null;
  return html`<button type="button" class="unblock" data-test="unblock" onClick=${media.unblock}>
    <${Icon} name="volume-2" /><strong>${_("Bấm để nghe")}</strong
    ><span>${_("Trình duyệt đang chặn tiếng của hội nghị.")}</span>
  </button>`;
}

/** @param {{onClose: () => void}} props */
function KeysDialog({ onClose }) {
  const keys = [
    ["H", _("Đăng ký phát biểu")],
    ["M", _("Tắt hoặc bật micro khi đang phát biểu")],
    ["1", _("Điểm danh")],
    ["2", _("Tài liệu")],
    ["3", _("Nhắn thư ký")],
    ["F", _("Toàn màn hình")],
    ["?", _("Danh sách phím này")],
  ];
  return html`<${Dialog}
    title=${_("Phím tắt")}
    onClose=${onClose}
    actions=${html`<button type="button" class="btn" onClick=${onClose}>${_("Đóng")}</button>`}
  >
    <ul class="keys">
      ${keys.map(([key, text]) => html`<li key=${key}><kbd>${key}</kbd>${text}</li>`)}
    </ul>
  <//>`;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault(); // the fragment belongs to the link's token
  goToRegistration();
}

/** @param {{page: import("./page-context.js").PageContext}} props */
function SitePage({ page }) {
  const { connection, isHall } = page;
  const opened = useSignal("");
  const close = () => (opened.value = "");
  useKeys({
    h: goToRegistration,
    m: () => isInControl(page) && toggleMicrophone(page),
    f: toggleFullScreen,
    "?": () => (opened.value = "keys"),
  });
  const isWatching = connection.seat.value?.state === "watching";
  const isRefused = connection.status.value === "refused" && !connection.publicPart.value;
  const site =
    connection.publicPart.value && siteOf(connection.publicPart.value, connection.seat.value?.site_id);
  const room = roomOf(page, site, isRefused);
  const isIn = room === "conference";
  return html`<${SitePageContext.Provider} value=${page}>
    ${isIn && !isRefused && html`<a class="skip" href="#raise" onClick=${skip}>${_("Đến đăng ký phát biểu")}</a>`}
    <${Bar} onDevices=${() => (opened.value = "devices")} onLine=${() => (opened.value = "line")} onShare=${isIn ? () => (opened.value = "share") : undefined} />
    ${room === "green" && html`<${GreenRoom} site=${site} />`}
    ${room === "waiting" && html`<${WaitingRoom} site=${site} />`}
    ${
      (isIn || room === "none") &&
      html`<main class=${`site${isIn && isHall ? " is-hall-station" : ""}${isWatching ? " is-watching" : ""}`}>
        <h1 class="sr">${site?.name ?? "Điểm Cầu"}</h1>
        <${OwnBanner} />
        ${isIn && !isRefused && html`<${Pictures} />`}
        ${
          isIn &&
          !isWatching &&
          !isRefused &&
          html`<${Controls} />
            <${Registration} />
            <${SideTabs} />`
        }
      </main>`
    }
    ${isIn && html`<${Opening} /><${Unblock} />`}
    <${SeatDialog} /><${TalkPanel} />
    ${opened.value === "devices" && room !== "green" && html`<${DevicesDialog} onClose=${close} />`}
    ${opened.value === "share" && html`<${ShareDialog} onClose=${close} />`}
    ${opened.value === "line" && site && html`<${LineDialog} connection=${connection} siteId=${site.id} title=${_("Đường truyền của điểm cầu này")} close=${close} />`}
    ${opened.value === "keys" && html`<${KeysDialog} onClose=${close} />`}
    <${Toasts} />
  <//>`;
}

/**
 * Where a point is: nowhere yet, in the green room, in the waiting room, or in the conference (also when its link is refused).
 * @param {import("./page-context.js").PageContext} page
 * @param {import("../types").Site | null | undefined} site
 * @param {boolean} isRefused
 * @returns {"none" | "green" | "waiting" | "conference"}
 */
function roomOf({ isUndecided, isArriving, isWaiting }, site, isRefused) {
  if (isUndecided.value && !isRefused) return "none";
  if (isWaiting.value && site) return "waiting";
  return isArriving.value && site ? "green" : "conference";
}

/** @param {{isHall: boolean}} options */
export function startSitePage({ isHall }) {
  const connection = connect();
  const media = createMedia(connection, {
    publishes: true,
    audible: isHall ? ["floor"] : ["hall", "floor"],
    isMixer: isHall,
  });
  const entry = signal(/** @type {"undecided" | "checking" | "in"} */ ("undecided"));
  const isUndecided = computed(() => entry.value === "undecided");
  const isArriving = computed(() => entry.value === "checking" && connection.seat.value?.state === "held");
  const isWaiting = computed(() => {
    const state = connection.ownPart.value?.entry.state;
    return entry.value === "in" && state !== undefined && state !== "admitted" && connection.seat.value?.state !== "occupied";
  });
  const share = createShare(
    connection,
    computed(() => entry.value === "in" && !isWaiting.value && connection.seat.value?.state === "held"),
  );
  const page = {
    connection,
    media,
    share,
    isHall,
    isUndecided,
    isArriving,
    isWaiting,
    enter() {
      entry.value = "in";
    },
    check() {
      entry.value = "checking";
    },
  };
  // In the conference only while admitted; at the door the devices stay open.
  effect(() => {
    if (entry.value === "in" && !isWaiting.value) return media.start();
    media.prepare();
    media.stop();
  });
  takeUpDuties(page);
  arrive(page);
  sendThumbnails(connection, media);
  const root = document.getElementById("app");
  if (root) render(html`<${SitePage} page=${page} />`, root);
}

/**
 * Whoever holds the seat checks devices and line first; who has entered within the day comes back at once, and so does who only
 * watches, is beside the seat, or takes over a seat that was in use.
 * @param {import("./page-context.js").PageContext} page
 */
function arrive({ connection, check, enter }) {
  let takesOver = false;
  const stop = effect(() => {
    const [seat, part] = [connection.seat.value, connection.publicPart.value];
    if (seat?.state === "occupied") takesOver = true;
    if (!seat || !part || seat.state === "occupied" || seat.state === "lost") return;
    const isKnown = takesOver || isStillGood(connection.checks.value[String(seat.site_id)]);
    if (seat.state === "held" && !isKnown && part.conference.status !== "adjourned") return queueMicrotask(check);
    queueMicrotask(() => {
      stop();
      enter();
    });
  });
}
