/** Who speaks now, as the secretary sees it, and the notes of what is said. */
import { _ } from "../boot.js";
import { Icon, Timer, VideoTile } from "../components/index.js";
import { html } from "../html.js";
import { MarkButton, NotedSpeeches, NotePad, SavedWord } from "./notes_panel.js";
import { OtherHolders } from "./holders_list.js";
import { iconOf, stateWord } from "./speech_words.js";
import { personLine } from "./words.js";
import { forcedCardWord } from "./screen_dialog.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").Media} Media */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("./notes_panel.js").Notebook} Notebook */

/** @param {{desk: Desk, acts: import("./acts.js").ChairActs, media: Media, book: Notebook, children?: any}} props */
export function SpeechPanel({ desk, acts, media, book, children }) {
  const speech = desk.floor.value;
  return html`<section class="panel desk-now" aria-labelledby="h-speech" data-test="now" data-state=${speech?.state ?? "idle"}>
    <div class="panel-head">
      <h2 id="h-speech">${_("Ghi biên bản")}</h2>
      <${SavedWord} book=${book} />
      <${MarkButton} desk=${desk} book=${book} />
    </div>
    <div class="desk-speech-w">
      ${speech ? html`<${Running} desk=${desk} media=${media} speech=${speech} />` : html`<${Nobody} desk=${desk} media=${media} />`}
      <${OtherHolders} desk=${desk} acts=${acts} />
      ${children}
    </div>
    <${NotePad} desk=${desk} book=${book} />
    <${NotedSpeeches} desk=${desk} book=${book} />
  </section>`;
}

/** @param {{desk: Desk, media: Media, speech: Speech}} props */
function Running({ desk, media, speech }) {
  const isHall = speech.site_id === desk.conference.value?.presiding_site_id;
  const isHeld = speech.state === "held";
  const [site, who] = [desk.siteName(speech.site_id), personLine(speech)];
  return html`<div class="desk-speech">
    <${VideoTile}
      track=${media.streams.value[isHall ? "hall" : "floor"].video}
      className="is-floor"
      isLost=${isHeld}
      test="floor-video"
      label=${site}
    />
    <div class="grow">
      <p class="eyebrow chair-live"><${Icon} name=${iconOf(speech)} /><span data-test="now-state">${stateWord(speech)}</span></p>
      <p class="desk-sp" title=${site}>${site}</p>
      <p class="chair-topic" title=${who}>${who}</p>
      <p class="muted chair-topic" title=${speech.topic}>${speech.topic}</p>
    </div>
    <${Timer} speech=${speech} hasBar=${false} />
  </div>`;
}

/** @param {{desk: Desk, media: Media}} props */
function Nobody({ desk, media }) {
  const hall = desk.siteName(desk.conference.value?.presiding_site_id ?? 0);
  const isChairSpeaking = desk.stage.value?.is_chair_speaking;
  const card = forcedCardWord(desk);
  const shown = card ? _("Đang chiếu: %(card)s", { card }) : hall && _("Đang chiếu hình %(hall)s", { hall });
  return html`<div class="desk-speech">
    <${VideoTile} track=${media.streams.value.hall.video} test="hall-video" label=${hall} />
    <div class="grow">
      <p class="desk-sp" data-test="now-state">${isChairSpeaking ? _("Chủ trì đang phát biểu") : _("Chưa có đại biểu phát biểu")}</p>
      ${shown && html`<p class="muted chair-topic">${shown}</p>`}
    </div>
  </div>`;
}
