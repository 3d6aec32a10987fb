/** The three pictures of a site's page: the large one, the other one, the own one. Nothing is ever mounted anew: a picture only moves. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { now } from "../clock.js";
import { Icon } from "../components/icon.js";
import { readTimer, Timer } from "../components/timer.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { LevelMeter } from "./level-meter.js";
import { headline, presidingSite, seenSpeech, shareWords, siteOf, siteTitle, underline } from "../words.js";
import { isOwnFloor, ownSpeech } from "./own-state.js";
import { usePage } from "./page-context.js";
import { StageCard } from "./stage-card.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").Speech} Speech */

const HELD_MS = 10000;

/** Whether the floor's last frame still stands grey: 10 s after its line was lost. @param {Speech | null} floor */
export function useHeldFrame(floor) {
  const since = useSignal(0);
  const isHeld = floor?.state === "held";
  useEffect(() => {
    since.value = isHeld ? Date.now() : 0;
  }, [isHeld]);
  return isHeld && now.value > 0 && (!since.value || Date.now() - since.value < HELD_MS);
}

/** @param {{speech: Speech}} props */
function Count({ speech }) {
  const { kind, text } = readTimer(speech);
  return html`<span class=${`site-count num is-${kind}`} data-test="floor-timer"
    ><${Icon} name=${speech.running_since ? "timer" : "pause"} /><span class="sr">${_("Còn lại")}</span
    >${text}</span
  >`;
}

/** @param {{title: string, text?: string}} props */
function SiteLower({ title, text }) {
  return html`<figcaption class="site-lower">
    <strong>${title}</strong>${text && html`<span>${text}</span>`}
  </figcaption>`;
}

/** @param {{part: PublicPart, isOwn: boolean, isHeard?: boolean}} props */
function LargeLower({ part, isOwn, isHeard = false }) {
  const hall = presidingSite(part);
  const floor = seenSpeech(part);
  if (isOwn)
    return html`<${SiteLower}
      title=${hall?.name ?? ""}
      text=${isHeard ? _("Chủ trì và đại biểu đang nghe điểm cầu này") : undefined}
    />`;
  if (floor && floor.state !== "warning" && !part.stage.is_chair_speaking)
    return html`<${SiteLower}
      title=${headline(floor)}
      text=${[underline(floor, siteOf(part, floor.site_id)), floor.topic].filter(Boolean).join(" · ")}
    />`;
  const reporting = part.stage.large === "floor" && siteOf(part, part.reporting_site_id);
  if (!floor && reporting)
    return html`<${SiteLower} title=${siteTitle(reporting)} text=${_("Báo cáo điểm danh")} />`;
  const words = part.stage.is_chair_speaking
    ? _("Chủ trì đang phát biểu")
    : floor && _("Mời %(site)s phát biểu", { site: siteTitle(siteOf(part, floor.site_id)) });
  return html`<${SiteLower} title=${hall?.name ?? ""} text=${words || undefined} />`;
}

/** @param {{isOnAir: boolean}} props */
function OwnTag({ isOnAir }) {
  return html`<span class="tile-tag">
    <span class=${`badge${isOnAir ? " is-live" : ""}`} data-test="own-sound"
      ><${Icon} name=${isOnAir ? "mic" : "mic-off"} />${isOnAir ? _("Đang phát") : _("Đã tắt")}</span
    >
  </span>`;
}

/** @param {{icon: string, text: string, small?: string}} props */
function TileMessage({ icon, text, small }) {
  return html`<${Icon} name=${icon} />${text}${small && html`<small>${small}</small>`}`;
}

/**
 * Which picture is large. A holder sees the hall; the hall station sees the floor, and itself while nobody else speaks.
 * @param {PublicPart} part
 * @param {boolean} isOwn
 * @param {boolean} isHall
 * @param {boolean} isFrozen
 * @returns {"floor" | "hall" | "own"}
 */
function largeOf(part, isOwn, isHall, isFrozen) {
  const isFloor = !part.stage.card && (part.stage.large === "floor" || isFrozen);
  if (isFloor && !isOwn) return "floor";
  return isHall ? "own" : "hall";
}

/**
 * Beside a shared picture what would be large stands small, and the third picture gives way; a holder keeps its clock there.
 * @param {"floor" | "hall" | "own"} which
 * @param {{large: string, isHall: boolean, isOwn: boolean, isShared: boolean}} stage
 */
function place(which, { large, isHall, isOwn, isShared }) {
  if (isShared && (which !== "own" || isHall)) return which === large && !isOwn ? "is-other" : "is-hidden";
  if (which === large && !isShared) return "site-floor";
  return which === "own" && !isHall ? "is-own" : "is-other";
}

/** What everybody sees large, but at whose point it is: that has it before its eyes. @param {{part: PublicPart, share: PublicPart["stage"]["share"]}} props */
function Shared({ part, share }) {
  const { media } = usePage();
  const site = siteOf(part, share?.site_id);
  return html`<${VideoTile}
    test="paper-video"
    track=${media.streams.value.paper.video}
    subject=${share?.site_id}
    isLost=${Boolean(share) && !part.connected.includes(share?.site_id ?? 0)}
    className=${`is-paper ${share ? "site-floor" : "is-hidden"}`}
    label=${share ? shareWords(share.source, site) : ""}
  >
    ${share && html`<figcaption class="paper-cap"><${Icon} name="screen-share" /><span>${shareWords(share.source, site)}</span></figcaption>`}
  <//>`;
}

/** Why the floor has no picture of its own now. @param {PublicPart} part */
function floorWords(part) {
  const [floor, stage] = [seenSpeech(part), part.stage];
  if (stage.is_chair_speaking) return { icon: "landmark", text: _("Chủ trì đang phát biểu") };
  if (!floor) return { icon: "mic-off", text: _("Chưa có đại biểu phát biểu") };
  if (floor.state === "held") return { icon: "wifi-off", text: _("Đang nối lại") };
  return floor.state === "warning"
    ? { icon: "megaphone", text: _("Đang mời phát biểu") }
    : { icon: "landmark", text: _("Đại biểu phát biểu tại hội trường") };
}

/** @param {{part: PublicPart}} props */
function Connected({ part }) {
  const sites = part.sites.filter((site) => site.kind === "site");
  const connected = sites.filter((site) => part.connected.includes(site.id)).length;
  return html`<div class="panel site-own-timer is-other" data-test="connected">
    <p class="timer-head">${_("Điểm cầu đã kết nối")}</p>
    <p class="timer-digits">${connected}/${sites.length}</p>
    <progress
      class="bar is-gold"
      max=${Math.max(1, sites.length)}
      value=${connected}
      aria-label=${_("%(n)s trên %(total)s điểm cầu", { n: connected, total: sites.length })}
    ></progress>
  </div>`;
}

/** The pictures. */
export function Pictures() {
  const { connection, media, isHall } = usePage();
  const part = connection.publicPart.value;
  const own = connection.ownPart.value;
  const isFrozen = useHeldFrame(part && seenSpeech(part));
  const hasEncoder = Object.values(connection.presence.value).some((site) => site.encoder);
  const hallCaption = hasEncoder ? _("Hình máy này; hội nghị đang nhận từ bộ mã hóa") : _("Hình hội trường (máy này)");
  const ownCaption = isHall ? hallCaption : _("Hình của điểm cầu này");
  if (!part) return html`<section class="site-video"></section>`;
  const speech = ownSpeech(part, own);
  const seen = seenSpeech(part);
  const isOwn = isOwnFloor(part, own);
  const large = largeOf(part, isOwn, isHall, isFrozen);
  const share = part.stage.share?.site_id === own?.site_id ? null : part.stage.share;
  const isShared = share !== null;
  const stage = { large, isHall, isOwn, isShared };
  const isOnAir = Boolean(own && part.stage.heard.includes(own.site_id));
  const card = part.stage.card;
  const { hall, floor } = media.streams.value;
  const localVideo = media.localStream.value?.getVideoTracks()[0] ?? null;
  const hallName = presidingSite(part)?.name;

  const isIdle = card !== null; // before, break, end: nobody speaks and nothing is expected
  const floorMessage = isFrozen
    ? html`<${TileMessage} icon="wifi-off" text=${_("Mất kết nối")} small=${_("Đang nối lại")} />`
    : large !== "floor" &&
      html`<${TileMessage} ...${floorWords(part)} />`;
  const hasHall = hall.video && part.connected.includes(part.conference.presiding_site_id);
  const hallMessage =
    !hasHall && !card && html`<${TileMessage} icon="monitor" text=${_("Chưa có hình hội trường")} />`;
  const ownMessage =
    (!localVideo &&
      !(card && large === "own") &&
      html`<${TileMessage}
        icon="video-off"
        text=${media.isOpening.value ? _("Đang mở camera…") : part.conference.status === "adjourned" ? _("Camera tắt") : _("Chưa có hình")}
      />`) ||
    (!media.camera.value && html`<${TileMessage} icon="video-off" text=${_("Camera tắt")} />`);

  return html`<section class=${`site-video${isShared ? " is-shared" : ""}`} aria-label=${_("Hình hội nghị")}>
    <${Shared} key="paper" part=${part} share=${share} />
    <${VideoTile}
      key="floor"
      test="floor-video"
      track=${floor.video}
      isLost=${isFrozen}
      className=${`${large === "floor" ? "is-floor " : "is-idle "}${place("floor", stage)}${isOwn || isIdle ? " is-hidden" : ""}`}
      message=${floorMessage || null}
      label=${_("Hình đại biểu đang phát biểu")}
    >
      ${large === "floor" && !isShared && html`<${LargeLower} part=${part} isOwn=${false} />${seen && html`<${Count} speech=${seen} />`}`}
      ${large === "floor" && isShared && html`<figcaption class="tile-cap"><span>${seen ? headline(seen) : siteOf(part, part.stage.floor_site_id)?.name}</span></figcaption>`}
    <//>
    ${
      !isHall &&
      html`<${VideoTile}
        key="hall"
        test="hall-video"
        track=${hall.video}
        className=${place("hall", stage)}
        message=${hallMessage || null}
        label=${_("Hình hội trường")}
      >
        ${
          large === "hall" && !isShared
            ? html`${!card && html`<${LargeLower} part=${part} isOwn=${isOwn} isHeard=${isOnAir} />`}
              ${seen && !isOwn && seen.state === "speaking" && html`<${Count} speech=${seen} />`}
              ${card && html`<${StageCard} part=${part} card=${card} />`}`
            : html`<figcaption class="tile-cap"><span>${hallName}</span></figcaption>`
        }
      <//>`
    }
    ${isIdle && !isOwn && html`<${Connected} part=${part} />`}
    ${
      isOwn &&
      speech &&
      html`<div class="panel site-own-timer is-other">
        <${Timer} speech=${speech} label=${_("Thời gian phát biểu")} />
      </div>`
    }
    <${VideoTile}
      key="own"
      test="own-video"
      track=${localVideo}
      className=${`${isOwn && large !== "own" ? "is-floor " : ""}${place("own", stage)}`}
      message=${ownMessage || null}
      label=${_("Hình của điểm cầu này")}
    >
      <${OwnTag} isOnAir=${isOnAir} />
      ${large === "own" && card && html`<${StageCard} part=${part} card=${card} />`}
      ${!(large === "own" && card) && html`<figcaption class="tile-cap"><span>${ownCaption}</span></figcaption>`}
    <//>
    ${isHall && html`<div class="panel site-level"><strong>${_("Âm lượng micro hội trường")}</strong><${LevelMeter} /></div>`}
  </section>`;
}
