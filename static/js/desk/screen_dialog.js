/** What a desk puts on the hall screen and the sites' stage: a card with its own words, and the screen's language. */
import { useEffect, useState } from "preact/hooks";
import { _, boot } from "../boot.js";
import { clockTime, nextTime, now } from "../clock.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";
import { untilWords } from "../words.js";
import { whyOffline } from "./reasons.js";
import { cardWord } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").CardName} CardName */

const MAX_WORDS = 120;
const BREAKS = [10, 15, 30]; // minutes
const LONGEST_BREAK_MS = 12 * 3600_000; // a time further off is one that has gone by today

/** @type {Record<CardName, {icon: string, text: () => string}>} */
const CARDS = {
  before: { icon: "landmark", text: () => _("Tên hội nghị thay cho hình.") },
  break: { icon: "hourglass", text: () => _("Kèm giờ tiếp tục nếu có.") },
  end: { icon: "flag", text: () => _("Lời kết hoặc lời cảm ơn.") },
};

/**
 * What the hall screen shows because a desk asked for it; "" when it shows what the sitting does.
 * @param {Desk} desk
 */
export function forcedCardWord(desk) {
  const part = desk.connection.publicPart.value;
  const card = part?.screen.is_card_forced ? part.stage.card : null;
  return card ? cardWord(card) : "";
}

/** Opens the dialog; tells what is forced. @param {{desk: Desk, acts: ChairActs, className?: string}} props */
export function ScreenButton({ desk, acts, className = "is-small" }) {
  if (desk.conference.value?.status === "scheduled") return null;
  const card = forcedCardWord(desk);
  const label = card ? _("Màn hình hội trường đang chiếu: %(card)s", { card }) : _("Màn hình hội trường");
  return html`<button
    type="button"
    class=${`btn ${className}${card ? " is-forced" : ""}`}
    title=${label}
    aria-label=${label}
    data-test="screen-open"
    data-card=${card ? "forced" : ""}
    onClick=${() => (acts.dialog.value = { name: "screen" })}
  ><${Icon} name="presentation" /><span>${card ? _("Đang chiếu") : _("Màn hình")}</span></button>`;
}

/** @param {string} time @param {number} ahead how far off it is, in ms */
function timeFaultOf(time, ahead) {
  if (!time.trim()) return "";
  if (Number.isNaN(ahead)) return _("Ghi giờ và phút, ví dụ 09:45.");
  return ahead > LONGEST_BREAK_MS ? _("Giờ này đã qua.") : "";
}

/** @param {{desk: Desk, close: () => void}} props */
export function ScreenDialog({ desk, close }) {
  const part = desk.connection.publicPart.value;
  const isOver = desk.isOver.value;
  const [card, setCard] = useState(/** @type {CardName} */ (isOver ? "end" : "break"));
  const [words, setWords] = useState(part?.screen.is_card_forced ? (part.stage.card_words ?? "") : "");
  const [time, setTime] = useState(part?.stage.resumes_at ? clockTime(part.stage.resumes_at) : "");
  const [isBusy, setBusy] = useState(false);
  const at = nextTime(time);
  const ahead = at - now.value;
  const timeFault = card === "break" ? timeFaultOf(time, ahead) : "";

  /** @param {string} name @param {Record<string, unknown>} [args] */
  const ask = async (name, args) => {
    if (isBusy) return;
    setBusy(true);
    const answer = await desk.connection.command(name, args);
    setBusy(false);
    if (answer.ok && name !== "set_screen_language") close();
  };
  /** @param {Event} event */
  const show = (event) => {
    event.preventDefault();
    if (timeFault) return;
    const resumes_at = card === "break" && time ? new Date(at).toISOString() : null;
    void ask("show_card", { card, words, resumes_at });
  };
  const shown = forcedCardWord(desk);
  const isOff = Boolean(whyOffline(desk)) || isBusy;
  const actions = html`
    <button type="button" class="btn" data-test="dialog-no" onClick=${close}>${_("Đóng")}</button>
    ${shown && html`<button type="button" class="btn" disabled=${isOff} data-test="card-hide" onClick=${() => ask("hide_card")}>${_("Trở lại hình hội nghị")}</button>`}
    <button type="submit" form="screen-form" class="btn is-primary" disabled=${isOff || Boolean(timeFault)} data-test="card-show">
      <${Icon} name="presentation" />${_("Chiếu")}
    </button>
  `;
  return html`<${Dialog} title=${_("Màn hình hội trường")} onClose=${close} test="screen-dialog" actions=${actions}>
    <${Now} desk=${desk} shown=${shown} />
    <form id="screen-form" class="desk-screen" onSubmit=${show}>
      <fieldset>
        <legend>${_("Chiếu thay cho hình")}</legend>
        ${(isOver ? /** @type {CardName[]} */ (["end"]) : /** @type {CardName[]} */ (["break", "before", "end"])).map(
          (name) =>
            html`<label key=${name} class=${`desk-choice${name === card ? " is-chosen" : ""}`}>
              <input type="radio" name="card" value=${name} checked=${name === card} onChange=${() => setCard(name)} />
              <${Icon} name=${CARDS[name].icon} /><strong>${cardWord(name)}</strong><small class="muted">${CARDS[name].text()}</small>
            </label>`,
        )}
      </fieldset>
      ${
        card === "break" &&
        html`<div class="field">
          <label for="screen-time">${_("Tiếp tục lúc")} <span class="muted">${_("(không bắt buộc)")}</span></label>
          <div class="desk-time">
          <input id="screen-time" type="text" inputmode="numeric" class="input num" value=${time} data-test="card-time" placeholder="09:45" autocomplete="off"
            aria-describedby="screen-time-note" aria-invalid=${timeFault ? "true" : undefined}
            onInput=${(/** @type {any} */ event) => setTime(event.currentTarget.value)} />
          ${BREAKS.map((minutes) => html`<${After} key=${minutes} minutes=${minutes} choose=${setTime} />`)}
          </div>
          <p id="screen-time-note" class=${timeFault ? "field-error" : "muted"} role="status">${timeFault || (time ? untilWords(ahead) : "")}</p>
        </div>`
      }
      <div class="field">
        <label for="screen-words">${_("Lời trên màn hình")} <span class="muted">${_("(không bắt buộc)")}</span></label>
        <input id="screen-words" type="text" class="input" maxlength=${MAX_WORDS} value=${words} data-test="card-words"
          onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} />
      </div>
      ${desk.conference.value?.status === "convened" && html`<p class="desk-screen-note"><${Icon} name="mic" />${_("Micro không đổi: các điểm cầu vẫn nghe hội trường. Muốn ngắt tiếng, chủ trì bấm Giải lao.")}</p>`}
    </form>
    <${ScreenLanguage} desk=${desk} isOff=${isOff} choose=${(/** @type {string} */ language) => ask("set_screen_language", { language })} />
  <//>`;
}

/** A break of so many minutes from now. @param {{minutes: number, choose: (time: string) => void}} props */
function After({ minutes, choose }) {
  const word = _("%(n)s phút", { n: minutes });
  return html`<button type="button" class="btn is-small" onClick=${() => choose(clockTime(now.value + minutes * 60_000))}>${word}</button>`;
}

/** @param {{desk: Desk, shown: string}} props */
function Now({ desk, shown }) {
  const words = shown
    ? _("Đang chiếu: %(card)s", { card: shown })
    : desk.stage.value?.card
      ? _("Đang chiếu bảng của hội nghị.")
      : _("Đang chiếu hình hội nghị.");
  return html`<p class=${`badge ${shown ? "is-gold" : ""}`} role="status" data-test="card-now"><${Icon} name="presentation" />${words}</p>`;
}

/** @param {{desk: Desk, isOff: boolean, choose: (language: string) => void}} props */
function ScreenLanguage({ desk, isOff, choose }) {
  const kept = desk.connection.publicPart.value?.screen.language ?? "vi";
  const [picked, pick] = useState("");
  useEffect(() => pick(""), [kept]);
  const chosen = picked || kept;
  const languages = [
    ["vi", "Tiếng Việt"],
    ["en", "English"],
  ];
  return html`<fieldset class="desk-screen-language" data-test="screen-language">
    <legend>${_("Ngôn ngữ của màn hình hội trường")}</legend>
    ${languages.map(
      ([code, name]) =>
        html`<label key=${code} lang=${code === boot.lang ? undefined : code}>
          <input type="radio" name="screen-language" value=${code} checked=${code === chosen} disabled=${isOff} onChange=${() => [pick(String(code)), choose(String(code))]} />
          ${name}
        </label>`,
    )}
  </fieldset>`;
}
