/** Who speaks now: picture, name, the large timer, and the chair's acts on the speech. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { duration, now, spokenMs } from "../clock.js";
import { Icon, readTimer, SpokenTimer, TIMER_ICONS, VideoTile } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { OtherHolders } from "./holders_list.js";
import { iconOf, isPausedByChair, stateWord } from "./speech_words.js";
import { personLine } from "./words.js";
import { forcedCardWord } from "./screen_dialog.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").Media} Media */

/** A site's name of more letters than this takes more than two lines in its usual size. */
const LONG_NAME = 32;

/** The held speech for which the chair chose to wait. */
const waitedFor = signal(/** @type {number | null} */ (null));

/** @param {{desk: Desk, acts: ChairActs, media: Media}} props */
export function NowPanel({ desk, acts, media }) {
  const speech = desk.floor.value;
  if (speech) return html`<${SpeechPanel} desk=${desk} acts=${acts} media=${media} speech=${speech} />`;
  return html`<${IdlePanel} desk=${desk} acts=${acts} />`;
}

/** @param {{desk: Desk, acts: ChairActs}} props */
function IdlePanel({ desk, acts }) {
  const isChairSpeaking = desk.stage.value?.is_chair_speaking;
  const { title, text, icon } = idleWords(desk);
  return html`<section
    class="panel chair-now chair-idle"
    aria-labelledby="h-now"
    data-test="now"
    data-state=${isChairSpeaking ? "chair" : "idle"}
  >
    <div class="empty">
      <${Icon} name=${icon} />
      <h2 id="h-now"><strong data-test="now-state">${title}</strong></h2>
      <span>${text}</span>
    </div>
    ${
      isChairSpeaking
        ? html`<${ActButton}
          act=${acts.endChairSpeech}
          icon="circle-stop"
          className="is-danger is-xl is-block"
          test="end-chair-speech"
        >
          ${_("Chủ trì phát biểu xong")}
        <//>`
        : !desk.isOver.value &&
          html`<div class="chair-actions is-2">
          <${ActButton}
            act=${acts.chairSpeaks}
            icon="landmark"
            className="is-xl"
            test="chair-speaks"
          >${_("Chủ trì phát biểu")}<//>
          <${ActButton} act=${acts.invite} icon="user-plus" className="is-xl" test="invite-idle">${_("Mời phát biểu…")}<//>
        </div>
        <${UndoEnd} desk=${desk} acts=${acts} />`
    }
  </section>`;
}

/** An end that was too early: the speech goes on with the time it has left. @param {{desk: Desk, acts: ChairActs}} props */
function UndoEnd({ desk, acts }) {
  const offer = acts.undo.endOffer();
  if (!offer) return null;
  const words = _("Cho %(site)s nói tiếp", { site: desk.siteName(offer.site_id ?? 0) });
  return html`<button
    type="button"
    class="btn is-ghost is-block"
    aria-keyshortcuts="Z"
    data-test="undo-end"
    onClick=${() => void acts.undo.undo(offer.seq)}
  >
    <${Icon} name="undo-2" /><span>${words}</span>
  </button>`;
}

/**
 * @param {Desk} desk
 * @returns {{icon: string, title: string, text: string}}
 */
function idleWords(desk) {
  const hall = desk.siteName(desk.conference.value?.presiding_site_id ?? 0);
  switch (desk.conference.value?.status) {
    case "scheduled":
      return {
        icon: "hourglass",
        title: _("Chưa mở điểm cầu"),
        text: _("Mở điểm cầu để các điểm cầu vào kiểm tra đường truyền và điểm danh."),
      };
    case "doors_open":
      return {
        icon: "log-in",
        title: _("Đã mở điểm cầu"),
        text: _("Màn hình hội trường đang hiện tên hội nghị. Các điểm cầu điểm danh, kiểm tra hình và tiếng."),
      };
    case "suspended":
      return {
        icon: "pause",
        title: _("Hội nghị đang tạm dừng"),
        text: _("Các điểm cầu không nghe tiếng hội trường cho đến khi hội nghị tiếp tục."),
      };
    case "adjourned":
      return { icon: "circle-check", title: _("Hội nghị đã bế mạc"), text: _("Cảm ơn các điểm cầu đã tham dự.") };
    default:
  }
  if (desk.stage.value?.is_chair_speaking)
    return {
      icon: "landmark",
      title: _("Chủ trì đang phát biểu"),
      text: _("Các điểm cầu đang xem và nghe %(hall)s.", { hall }),
    };
  const card = forcedCardWord(desk);
  if (card)
    return {
      icon: "presentation",
      title: _("Chưa có đại biểu phát biểu"),
      text: _("Màn hình hội trường đang chiếu: %(card)s", { card }),
    };
  return {
    icon: "mic-off",
    title: _("Chưa có đại biểu phát biểu"),
    text: _(
      "Màn hình hội trường đang chiếu hình %(hall)s. Mời đại biểu trong danh sách đăng ký phát biểu hoặc chọn đại biểu khác.",
      { hall },
    ),
  };
}

/** @param {{desk: Desk, acts: ChairActs, media: Media, speech: Speech}} props */
function SpeechPanel({ desk, acts, media, speech }) {
  const isHall = speech.site_id === desk.conference.value?.presiding_site_id;
  const isHeld = speech.state === "held";
  const tracks = media.streams.value[isHall ? "hall" : "floor"];
  const isMuted = speech.paused_by.includes("muted");
  const isAsked = isHeld && waitedFor.value !== speech.request_id;
  // Lost again after it came back: the chair is asked again.
  useEffect(() => {
    if (!isHeld) waitedFor.value = null;
  }, [isHeld]);
  return html`<section class="panel chair-now" aria-labelledby="h-now" data-test="now" data-state=${speech.state}>
    <div class="chair-who">
      <${VideoTile}
        track=${tracks.video}
        className="is-floor"
        isLost=${isHeld}
        test="floor-video"
        label=${desk.siteName(speech.site_id)}
        message=${isHeld ? html`<${Icon} name="wifi-off" />` : undefined}
      />
      <div>
        <h2 class="eyebrow chair-live" id="h-now"><${Icon} name=${iconOf(speech)} /><span data-test="now-state">${stateWord(speech)}</span></h2>
        <${SpeakersSite} name=${desk.siteName(speech.site_id)} />
        <p class="chair-role" title=${personLine(speech)}>${personLine(speech)}</p>
        <p class="muted chair-topic" title=${speech.topic}>${speech.topic}</p>
      </div>
    </div>
    <${ChairTimer} speech=${speech} />
    <${SpokenTimer} speech=${speech} />
    ${
      isAsked
        ? html`<div class="chair-held" role="alert" data-test="held">
          <p><${Icon} name="wifi-off" />${_("Mất đường truyền – lượt được giữ")}</p>
          <div class="chair-actions is-2">
            <button type="button" class="btn is-xl" data-test="wait" onClick=${() => (waitedFor.value = speech.request_id)}>
              <${Icon} name="hourglass" /><span>${_("Chờ")}</span>
            </button>
            <${ActButton}
              act=${acts.next}
              icon="skip-forward"
              className="is-xl"
              test="held-next"
            >${_("Mời người tiếp theo")}<//>
          </div>
        </div>`
        : html`<div class=${`chair-actions${isPausedByChair(speech) ? "" : " has-pause"}`}>
          <${ActButton} act=${acts.end} icon="circle-stop" className="is-danger is-xl" test="end" keys="E">${_("Kết thúc")}<//>
          <${ActButton}
            act=${acts.extend}
            icon="plus"
            className="is-xl"
            test="extend"
            keys="+"
            label=${_("Thêm 1 phút")}
          >${_("1 phút")}<//>
          ${
            isPausedByChair(speech)
              ? html`<${ActButton}
                act=${acts.goOn}
                icon="play"
                className="is-xl is-primary"
                test="continue"
              >${_("Cho nói tiếp")}<//>`
              : html`<${ActButton}
                act=${acts.microphone}
                icon=${isMuted ? "mic" : "mic-off"}
                className=${`is-xl${isMuted ? " is-primary" : ""}`}
                test="mute"
                keys="M"
              >
                ${isMuted ? _("Mở lại micro") : _("Ngắt micro")}
              <//>
              <${ActButton}
                act=${acts.pause}
                icon="pause"
                className="is-xl is-icon"
                test="pause"
                label=${_("Tạm dừng lượt phát biểu: dừng đồng hồ và micro")}
              />`
          }
        </div>`
    }
    <${OtherHolders} desk=${desk} acts=${acts} />
  </section>`;
}

/**
 * The name of a site, smaller where it is so long that it would push out what the chair presses.
 * @param {{name: string, className?: string}} props
 */
export function SpeakersSite({ name, className = "" }) {
  return html`<p class=${`chair-site ${className}${name.length > LONG_NAME ? " is-long" : ""}`.trim()} title=${name}>${name}</p>`;
}

/**
 * The large timer; while the speaker is warned, the seconds to the open microphone.
 * @param {{speech: Speech}} props
 */
export function ChairTimer({ speech }) {
  const { kind, text, word, value, max, remaining } = readTimer(speech);
  const limit = _("trên %(limit)s", { limit: duration(speech.limit_seconds * 1000) });
  if (speech.state === "warning") {
    const seconds = Math.max(0, Math.ceil((Date.parse(speech.on_air_at) - now.value) / 1000));
    const opens = _("Micro mở sau %(n)s giây", { n: seconds });
    return html`<div
      class="chair-timer timer is-warn"
      role="timer"
      aria-label=${_("Mở micro sau")}
      data-test="timer"
      data-state="warning"
    >
      <div class="chair-timer-row">
        <span class="timer-digits" data-test="timer-digits">${seconds}</span>
        <div class="chair-timer-side">
          <span class="timer-state"><${Icon} name="bell" />${_("Sắp lên sóng")}</span>
          <span class="muted">${opens}<br />${limit}</span>
        </div>
      </div>
      <progress class="bar is-warn" max="3" value=${seconds} aria-label=${_("Mở micro sau")}></progress>
    </div>`;
  }
  const isStopped = speech.state !== "speaking";
  const spoken = _("Đã nói %(time)s", { time: duration(spokenMs(speech)) });
  const left = remaining < 0 ? _("Đã hết giờ") : _("Còn lại %(time)s", { time: text });
  return html`<div
    class=${`chair-timer timer is-${kind}${text.length > 5 ? " is-long" : ""}`}
    role="timer"
    aria-label=${_("Thời gian còn lại")}
    data-test="timer"
    data-state=${kind}
  >
    <div class="chair-timer-row">
      <span class="timer-digits" data-test="timer-digits">${text}</span>
      <div class="chair-timer-side">
        <span class="timer-state"><${Icon} name=${isStopped ? "pause" : TIMER_ICONS[kind]} />${isStopped ? _("Tạm dừng") : word}</span>
        <span class="muted num">${spoken}<br />${limit}</span>
      </div>
    </div>
    <progress class=${`bar is-${kind}`} max=${max} value=${value} aria-label=${left}></progress>
  </div>`;
}
