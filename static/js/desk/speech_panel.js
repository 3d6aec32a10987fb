/** Who speaks now, as the secretary sees it, and what has been said so far. */
import { _ } from "../boot.js";
import { clockTime, duration } from "../clock.js";
import { Icon, Timer, VideoTile } from "../components/index.js";
import { html } from "../html.js";
import { stateWord } from "./now_panel.js";
import { personLine } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").Media} Media */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").EndedSpeech} EndedSpeech */

/** @param {{desk: Desk, media: Media, children?: any}} props */
export function SpeechPanel({ desk, media, children }) {
  const speech = desk.floor.value;
  return html`<section class="panel desk-now" aria-labelledby="h-speech" data-test="now" data-state=${speech?.state ?? "idle"}>
    <div class="panel-head"><h2 id="h-speech">${_("Phát biểu")}</h2></div>
    <div class="desk-speech-w">
      ${speech ? html`<${Running} desk=${desk} media=${media} speech=${speech} />` : html`<${Nobody} desk=${desk} media=${media} />`}
      ${children}
    </div>
    <${Ended} desk=${desk} />
  </section>`;
}

/** @param {{desk: Desk, media: Media, speech: Speech}} props */
function Running({ desk, media, speech }) {
  const isHall = speech.site_id === desk.conference.value?.presiding_site_id;
  const isHeld = speech.state === "held";
  return html`<div class="desk-speech">
    <${VideoTile}
      track=${media.streams.value[isHall ? "hall" : "floor"].video}
      className="is-floor"
      isLost=${isHeld}
      test="floor-video"
      label=${desk.siteName(speech.site_id)}
    />
    <div class="grow">
      <p class="eyebrow chair-live"><${Icon} name=${speech.state === "speaking" ? "mic" : "mic-off"} /><span data-test="now-state">${stateWord(speech)}</span></p>
      <p class="desk-sp">${desk.siteName(speech.site_id)}</p>
      <p class="chair-topic">${personLine(speech)}</p>
      <p class="muted chair-topic">${speech.topic}</p>
    </div>
    <${Timer} speech=${speech} hasBar=${false} />
  </div>`;
}

/** @param {{desk: Desk, media: Media}} props */
function Nobody({ desk, media }) {
  const hall = desk.siteName(desk.conference.value?.presiding_site_id ?? 0);
  const isChairSpeaking = desk.stage.value?.is_chair_speaking;
  return html`<div class="desk-speech">
    <${VideoTile} track=${media.streams.value.hall.video} test="hall-video" label=${hall} />
    <div class="grow">
      <p class="desk-sp" data-test="now-state">${isChairSpeaking ? _("Chủ trì đang phát biểu") : _("Chưa có đại biểu phát biểu")}</p>
      ${hall && html`<p class="muted chair-topic">${_("Đang chiếu hình %(hall)s", { hall })}</p>`}
    </div>
  </div>`;
}

/** @param {{desk: Desk}} props */
function Ended({ desk }) {
  const speeches = desk.speeches.value;
  if (!speeches.length) return html`<p class="muted desk-none">${_("Chưa có lượt phát biểu nào kết thúc.")}</p>`;
  return html`<ol class="desk-done desk-scroll" tabindex="0" aria-label=${_("Đã phát biểu")} data-test="speeches">
    ${speeches.map((speech, index) => html`<${EndedRow}
      key=${`${speech.request_id}-${speech.ended_at}`}
      desk=${desk}
      speech=${speech}
      number=${speeches.length - index}
    />`)}
  </ol>`;
}

/** @param {{desk: Desk, speech: EndedSpeech, number: number}} props */
function EndedRow({ desk, speech, number }) {
  const began = _("lúc %(time)s", { time: clockTime(speech.granted_at) });
  return html`<li data-speech=${speech.request_id}>
    <span class="queue-num">${number}</span>
    <span class="grow"><strong>${desk.siteName(speech.site_id)}</strong> ${speech.who}${speech.topic && html`<span class="muted"> · ${speech.topic}</span>`}</span>
    <span class="desk-done-t num"><span>${duration(speech.spoken_ms)}</span><small>${began}</small></span>
  </li>`;
}
