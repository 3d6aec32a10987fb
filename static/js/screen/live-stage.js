/** The hall screen while the conference sits: one picture, one name, one clock. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime, now } from "../clock.js";
import { Icon } from "../components/icon.js";
import { Logo } from "../components/logo.js";
import { Lower } from "../components/lower.js";
import { readTimer, Timer } from "../components/timer.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { useHeldFrame } from "../site/pictures.js";
import {
  currentItem,
  headline,
  itemCount,
  limitWords,
  presidingSite,
  seenSpeech,
  shareWords,
  siteOf,
  siteTitle,
  underline,
} from "../words.js";
import { Dialogue, otherSpeakers } from "./dialogue.js";
import { Strip, stripShape } from "./strip.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").Media} Media */

const LARGE_MS = 8000;
const LONG_TITLE = 58; // letters that fit one line
const NEXT_SHOWN = 3;
const ROOM_OF_ONE = 1.5; // a further speaker takes the room of so many who wait
const NEXT_SHOWN_CROWD = 2; // the strip of many sites takes the room

/** Whether the lower third has had its 8 s. A page that comes later counts from the speech's own beginning. @param {Speech | null} floor */
function useSmallLower(floor) {
  const since = floor && floor.state !== "warning" ? Date.parse(floor.on_air_at) : NaN;
  return useComputed(() => !Number.isNaN(since) && now.value - since > LARGE_MS).value;
}

/** @param {{part: PublicPart, speech: Speech}} props */
function SpeechLower({ part, speech }) {
  const isSmall = useSmallLower(speech);
  const isMuted = speech.paused_by.includes("muted");
  const order = speech.kind === "point_of_order" ? _("Ý kiến về thủ tục") : "";
  const tag = {
    warning: _("Mời phát biểu"),
    speaking: order || _("Đang phát biểu"),
    paused: isMuted ? _("Chủ trì đã tắt micro") : _("Tạm dừng lượt phát biểu"),
    held: _("Đang nối lại"),
  }[speech.state];
  const icon =
    speech.state === "held"
      ? "wifi-off"
      : speech.state === "paused" || !speech.is_microphone_open
        ? "mic-off"
        : "mic";
  return html`<${Lower}
    tag=${tag}
    icon=${speech.state === "warning" ? "megaphone" : icon}
    name=${headline(speech)}
    site=${underline(speech, siteOf(part, speech.site_id))}
    topic=${speech.topic}
    isSmall=${isSmall}
  />`;
}

/** @param {{speech: Speech}} props */
function SpeechTimer({ speech }) {
  const foot = _("Bắt đầu %(time)s · Thời lượng %(limit)s", {
    time: clockTime(speech.on_air_at),
    limit: limitWords(speech.limit_seconds),
  });
  const isOver = readTimer(speech).kind === "bad";
  return html`<${Timer}
    speech=${speech}
    className="hall-timer"
    label=${isOver ? _("Quá thời gian") : _("Thời gian còn lại")}
    foot=${foot}
  />`;
}

/** @param {{part: PublicPart}} props */
function Next({ part }) {
  const room = stripShape(part.sites.length).size === "is-crowd" ? NEXT_SHOWN_CROWD : NEXT_SHOWN;
  const next = part.queue.slice(0, Math.max(0, Math.floor(room - ROOM_OF_ONE * otherSpeakers(part).length)));
  if (!next.length) return null;
  return html`<section class="hall-next" aria-label=${_("Tiếp theo")} data-test="next">
    <h2><${Icon} name="list-ordered" />${_("Tiếp theo")}</h2>
    <ol>
      ${next.map((request, index) => {
        const site = siteOf(part, request.site_id);
        return html`<li key=${request.request_id} data-request=${request.request_id}>
          <span class="hall-next-n num">${index + 1}</span>
          <span
            ><strong title=${site?.name}>${site?.name}</strong
            ><small>${request.is_connected ? headline(request) : _("Điểm cầu mất kết nối")}</small></span
          >
        </li>`;
      })}
    </ol>
  </section>`;
}

/** @param {{part: PublicPart, children?: any}} props */
export function Top({ part, children }) {
  const item = currentItem(part);
  const time = clockTime(now.value);
  const title = item?.title ?? (part.conference.short_title || part.conference.title);
  return html`<header class="hall-top">
    <${Logo} />
    <div class="hall-title">
      <p class="hall-kicker">${[itemCount(part), part.conference.organiser].filter(Boolean).join(" · ")}</p>
      <h1 class=${title.length > LONG_TITLE ? "is-long" : ""}>${title}</h1>
    </div>
    <div class="hall-meta">${children}<time class="hall-clock num" datetime=${time}>${time}</time></div>
  </header>`;
}

/** @param {{text: string, icon: string, small?: string}} props */
function Message({ text, icon, small }) {
  return html`<${Icon} name=${icon} />${text}${small && html`<small>${small}</small>`}`;
}

/** For 3 s after an extension: the added seconds, else 0. @param {Speech | null} speech */
function useExtension(speech) {
  const shown = useSignal({ id: 0, limit: 0, added: 0, until: 0 });
  useEffect(() => {
    const last = shown.peek();
    const isLonger = speech && last.id === speech.request_id && speech.limit_seconds > last.limit;
    shown.value = {
      id: speech?.request_id ?? 0,
      limit: speech?.limit_seconds ?? 0,
      added: isLonger ? speech.limit_seconds - last.limit : last.added,
      until: isLonger ? Date.now() + 3000 : last.until,
    };
  }, [speech?.request_id, speech?.limit_seconds]);
  return useComputed(() => (now.value > 0 && Date.now() < shown.value.until ? shown.value.added : 0)).value;
}

/** @param {{part: PublicPart, links: Record<string, import("../types").QualityWord>, media: Media, children?: any}} props `children`: discreet tags of the top line */
export function LiveStage({ part, links, media, children }) {
  const { stage } = part;
  const speech = seenSpeech(part);
  const isFrozen = useHeldFrame(speech);
  const added = useExtension(speech);
  const { hall, floor, paper } = media.streams.value;
  const { share } = stage;
  const hasHall = hall.video && part.connected.includes(part.conference.presiding_site_id);
  const isFloorLarge = stage.large === "floor" || isFrozen;
  const hasTimer = speech !== null && speech.state !== "warning";
  const hasSide = share !== null || isFloorLarge || hasTimer || part.queue.length > 0;
  const hallName = presidingSite(part)?.name;
  const reporting = part.reporting_site_id === null ? null : siteOf(part, part.reporting_site_id);
  const chairTag =
    stage.is_chair_speaking &&
    html`<${Lower}
      tag=${_("Chủ trì đang phát biểu")}
      name=${hallName ?? ""}
      site=${part.conference.organiser}
    />`;
  const hallLower =
    chairTag ||
    (speech &&
      !isFloorLarge &&
      html`<${SpeechLower} key=${speech.request_id} part=${part} speech=${speech} />`);
  const frozen =
    isFrozen &&
    html`<${Message}
      icon="wifi-off"
      text=${_("Đang nối lại")}
      small=${siteTitle(siteOf(part, speech?.site_id))}
    />`;
  const className = `hall ${stripShape(part.sites.length).size}${hasSide ? "" : " is-wide"}${isFloorLarge || share ? "" : " is-hall-large"}`;
  const paperWords = share ? shareWords(share.source, siteOf(part, share.site_id)) : "";
  const speakerCap = speech && html`<figcaption class="tile-cap"><span>${headline(speech)}</span></figcaption>`;

  return html`<main class=${className} data-test="stage" data-large=${share ? "paper" : isFloorLarge ? "floor" : "hall"}>
    <${Top} part=${part}>${children}<//>
    <${VideoTile}
      key="paper"
      test="paper-video"
      track=${paper.video}
      subject=${share?.site_id}
      isLost=${share !== null && !part.connected.includes(share.site_id)}
      className=${`is-paper ${share ? "hall-large" : "is-hidden"}`}
      label=${paperWords}
    >
      ${share && html`<figcaption class="paper-cap"><${Icon} name="screen-share" /><span>${paperWords}</span></figcaption>`}
    <//>
    <${VideoTile}
      key="floor"
      test="floor-video"
      track=${floor.video}
      isLost=${isFrozen}
      className=${isFloorLarge ? (share ? "hall-second is-floor" : "hall-large is-floor") : "is-hidden"}
      message=${frozen || null}
      label=${_("Hình đại biểu đang phát biểu")}
    >
      ${share && speakerCap}
      ${isFloorLarge && !share && !speech && reporting && html`<${Lower} tag=${_("Báo cáo điểm danh")} name=${siteTitle(reporting)} site="" />`}
      ${isFloorLarge && !share && speech && html`<${SpeechLower} key=${speech.request_id} part=${part} speech=${speech} />`}
    <//>
    <${VideoTile}
      key="hall"
      test="hall-video"
      track=${hall.video}
      className=${share && isFloorLarge ? "is-hidden" : isFloorLarge || share ? "hall-second" : "hall-large"}
      message=${(!hasHall && html`<${Message} icon="monitor" text=${_("Chưa có hình hội trường")} />`) || null}
      label=${_("Hình hội trường")}
    >
      ${hallLower && !isFloorLarge && !share ? hallLower : html`<figcaption class="tile-cap"><span>${share && speech && !isFloorLarge ? headline(speech) : hallName}</span></figcaption>`}
    <//>
    ${
      hasSide &&
      html`<aside class="hall-side">
        ${hasTimer && speech && html`<div class="hall-timer-box"><${SpeechTimer} speech=${speech} />${added > 0 && html`<p class="hall-extended" role="status">${_("Thêm %(time)s", { time: limitWords(added) })}</p>`}</div>`}
        <${Dialogue} part=${part} />
        ${part.queue.length > 0 && html`<${Next} part=${part} />`}
      </aside>`
    }
    <${Strip} part=${part} links=${links} />
  </main>`;
}
