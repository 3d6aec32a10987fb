/** *Ghi biên bản*: the note of the running speech, or of an earlier one, and the list of all speeches with their notes. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { _, boot } from "../boot.js";
import { clockTime, duration, serverNow, spokenMs } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { NOTE_LENGTH } from "./notes.js";
import { setText } from "./notes_caret.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./notes.js").Notes} Notes */
/** @typedef {import("./notes.js").Notepad} Notepad */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {import("../types").EndedSpeech} EndedSpeech */
/** @typedef {{request_id: number, site_id: number, who: string, topic: string, granted_at: string, ended: EndedSpeech | null, number: number}} Noted */
/** @typedef {ReturnType<typeof createNotebook>} Notebook */

const STAYS_MS = 8000; // so long after the last key a new speech does not take the note away from its writer

const secondsFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: boot.timezone || "Asia/Ho_Chi_Minh",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/**
 * Which speech is written about: a new one by itself, unless somebody is in the middle of a sentence about the one before.
 * @param {Desk} desk
 * @param {Notes} notes
 */
export function createNotebook(desk, notes) {
  const chosen = signal(0);
  let typedAt = -Infinity;
  let running = 0;
  /** Speeches that held the floor and of whose end the desk has not been told yet: their note must not vanish under its writer. */
  const begun = /** @type {Map<number, Speech>} */ (new Map());

  /** All speeches, oldest first; who spoke twice under one request is one. */
  const speeches = computed(() => {
    /** @type {Map<number, Omit<Noted, "number">>} */
    const found = new Map();
    for (const ended of [...desk.speeches.value].reverse()) found.set(ended.request_id, { ...ended, ended });
    const floor = desk.floor.value;
    if (floor) begun.set(floor.request_id, floor);
    for (const [id, speech] of begun) {
      if (id !== floor?.request_id && found.has(id)) begun.delete(id);
      else {
        found.delete(id);
        found.set(id, { ...speech, ended: null });
      }
    }
    return [...found.values()].map((one, index) => ({ ...one, number: index + 1 }));
  });
  const shown = computed(
    () => speeches.value.find((one) => one.request_id === chosen.value) ?? speeches.value.at(-1) ?? null,
  );
  /** The running speech while an earlier one is written about. */
  const waiting = computed(() => {
    const id = desk.floor.value?.request_id;
    return id && id !== shown.value?.request_id ? speeches.value.find((one) => one.request_id === id) : undefined;
  });

  effect(() => {
    const [id, newest] = [desk.floor.value?.request_id ?? 0, speeches.value.at(-1)?.request_id ?? 0];
    untracked(() => {
      const isTyping = Date.now() - typedAt < STAYS_MS;
      if (!chosen.peek() || (id && id !== running && !isTyping)) chosen.value = id || newest;
      running = id || running;
    });
  });

  return {
    notes,
    speeches,
    shown,
    waiting,
    noteTyping: () => (typedAt = Date.now()),
    /** @param {number} requestId */
    open(requestId) {
      typedAt = -Infinity;
      chosen.value = requestId;
    },
    /** The note of the speech after the one shown; false when it is the last one. */
    openNext() {
      const all = speeches.peek();
      const at = all.findIndex((one) => one.request_id === shown.peek()?.request_id);
      const next = all[at + 1];
      if (next) this.open(next.request_id);
      return Boolean(next);
    },
  };
}

/** @param {{book: Notebook}} props */
export function SavedWord({ book }) {
  const speech = book.shown.value;
  if (!speech) return null;
  const pad = book.notes.padOf(speech.request_id);
  const [latest, isDirty, fault] = [pad.latest.value, pad.isDirty.value, pad.fault.value];
  let [state, icon, word] = ["empty", "", ""];
  if (isDirty && (fault || !book.notes.isOnline()))
    [state, icon, word] = ["kept", "triangle-alert", _("Chưa lưu được, giữ trên máy này")];
  else if (isDirty) [state, icon, word] = ["saving", "loader-circle", _("Đang lưu")];
  else if (latest) {
    const time = secondsFormat.format(new Date(latest.saved_at));
    [state, icon, word] = ["saved", "check", _("Đã lưu %(time)s", { time })];
  }
  return html`<span
    class=${`desk-saved is-${state}`}
    role="status"
    data-test="saved"
    data-state=${state}
    title=${latest && state === "saved" ? latest.saved_by : undefined}
  >${icon && html`<${Icon} name=${icon} />`}${word}</span>`;
}

/**
 * The field and what belongs to it.
 * @param {{desk: Desk, book: Notebook}} props
 */
export function NotePad({ desk, book }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const speech = book.shown.value;
  const next = book.waiting.value;
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (!event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
      if (event.code === "KeyM" && !event.shiftKey) markTime(desk, book, field.current);
      else if (event.key === "Enter" && !isInMessage(event.target)) {
        if (book.openNext()) requestAnimationFrame(() => field.current?.focus());
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  if (!speech)
    return html`<p class="muted desk-none">${_("Khi có đại biểu phát biểu, phần ghi biên bản của lượt đó mở ra ở đây.")}</p>`;
  const title = _("Ý kiến %(n)s: %(site)s", { n: speech.number, site: desk.siteName(speech.site_id) });
  const nextTitle = next && _("Sang ý kiến %(n)s: %(site)s", { n: next.number, site: desk.siteName(next.site_id) });
  const pad = book.notes.padOf(speech.request_id);
  const add = (/** @type {string} */ word) => () => field.current && insert(field.current, pad, book, `${word}: `, true);
  return html`<div class="desk-write">
    <div class="desk-write-head">
      <label for="note">${title}</label>
      ${
        next &&
        html`<button type="button" class="btn is-small is-primary" data-test="note-next" onClick=${() => book.open(next.request_id)}>
          <${Icon} name="skip-forward" /><span>${nextTitle}</span>
        </button>`
      }
    </div>
    <${Field} key=${speech.request_id} field=${field} pad=${pad} book=${book} />
    ${pad.fault.value && html`<p class="field-error" role="alert"><${Icon} name="circle-alert" />${pad.fault.value}</p>`}
    <div class="row is-tight is-wrap desk-tags">
      <button type="button" class="btn is-small" onClick=${add(_("Kiến nghị"))}><${Icon} name="plus" />${_("Kiến nghị")}</button>
      <button type="button" class="btn is-small" onClick=${add(_("Giao việc"))}><${Icon} name="plus" />${_("Giao việc")}</button>
      <button type="button" class="btn is-small" onClick=${add(_("Số liệu"))}><${Icon} name="plus" />${_("Số liệu")}</button>
    </div>
  </div>`;
}

/** @param {{field: {current: HTMLTextAreaElement | null}, pad: Notepad, book: Notebook}} props */
function Field({ field, pad, book }) {
  const text = pad.text.value;
  useLayoutEffect(() => {
    if (field.current) setText(field.current, text);
  }, [text]);
  useEffect(() => () => void pad.save(), []);
  const input = (/** @type {any} */ event) => {
    book.noteTyping();
    pad.type(event.currentTarget.value);
  };
  return html`<textarea
    ref=${field}
    class="input"
    id="note"
    rows="3"
    maxlength=${NOTE_LENGTH}
    spellcheck="false"
    placeholder=${_("Tóm tắt ý kiến…")}
    aria-keyshortcuts="Control+Enter Control+M"
    data-test="note"
    onInput=${input}
    onBlur=${() => void pad.save()}
    onCompositionStart=${() => pad.compose(true)}
    onCompositionEnd=${() => pad.compose(false)}
  ></textarea>`;
}

/** @param {string} key @param {string} code */
function press(key, code) {
  dispatchEvent(new KeyboardEvent("keydown", { key, code, ctrlKey: true, cancelable: true }));
}

/** As Ctrl M, from the list of commands: it waits until that has closed. */
export const pressMark = () => requestAnimationFrame(() => press("m", "KeyM"));

/** As Ctrl Enter. */
export const pressNextNote = () => requestAnimationFrame(() => press("Enter", "Enter"));

/** @param {EventTarget | null} target */
const isInMessage = (target) => target instanceof Element && Boolean(target.closest(".message-field"));

/**
 * Words at the caret; on a line of their own where asked.
 * @param {HTMLTextAreaElement} field
 * @param {Notepad} pad
 * @param {Notebook} book
 * @param {string} words
 * @param {boolean} [isLine]
 */
function insert(field, pad, book, words, isLine = false) {
  const before = field.value.slice(0, field.selectionStart);
  const whole = isLine && before && !before.endsWith("\n") ? `\n${words}` : words;
  field.focus();
  field.setRangeText(whole, field.selectionStart, field.selectionEnd, "end");
  book.noteTyping();
  pad.type(field.value);
}

/** Where the speech is now, to find it again: "[00:02:13]". @param {number} ms */
function timeMark(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `[${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}] `;
}

/** @param {Desk} desk @param {Notebook} book @param {HTMLTextAreaElement | null} field */
function markTime(desk, book, field) {
  const [floor, speech] = [desk.floor.peek(), book.shown.peek()];
  if (!field || !floor || floor.request_id !== speech?.request_id) return;
  insert(field, book.notes.padOf(floor.request_id), book, timeMark(spokenMs(floor, serverNow())));
}

/** @param {{desk: Desk, book: Notebook}} props */
export function MarkButton({ desk, book }) {
  const floor = desk.floor.value;
  const isRunning = floor !== null && floor.request_id === book.shown.value?.request_id;
  const why = isRunning ? undefined : _("Đánh dấu được khi đang ghi lượt đang phát biểu.");
  const mark = () => markTime(desk, book, document.querySelector("textarea#note"));
  return html`<button
    type="button"
    class="btn is-small push"
    aria-disabled=${isRunning ? undefined : "true"}
    aria-keyshortcuts="Control+M"
    title=${why}
    data-test="mark"
    onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}
    onClick=${mark}
  >
    <${Icon} name="flag" />${_("Đánh dấu")}<kbd>Ctrl M</kbd>
  </button>`;
}

/** The speeches so far, newest first: each opens its note. @param {{desk: Desk, book: Notebook}} props */
export function NotedSpeeches({ desk, book }) {
  const others = book.speeches.value.filter((one) => one.request_id !== book.shown.value?.request_id).reverse();
  if (!others.length) return null;
  return html`<ol class="desk-done desk-scroll" aria-label=${_("Các lượt phát biểu khác")} data-test="speeches">
    ${others.map((speech) => html`<${Row} key=${speech.request_id} desk=${desk} book=${book} speech=${speech} />`)}
  </ol>`;
}

/** @param {{desk: Desk, book: Notebook, speech: Noted}} props */
function Row({ desk, book, speech }) {
  const site = desk.siteName(speech.site_id);
  const pad = book.notes.written.value.has(speech.request_id) ? book.notes.padOf(speech.request_id) : null;
  const summary = pad?.text.value.replace(/^[\s–-]+/, "").split("\n")[0] || speech.topic || speech.who;
  const isUnsaved = pad?.isDirty.value;
  const isRunning = desk.floor.value?.request_id === speech.request_id;
  const label = _("Sửa ghi chép lượt của %(site)s", { site });
  const began = _("lúc %(time)s", { time: clockTime(speech.granted_at) });
  return html`<li data-speech=${speech.request_id}>
    <button type="button" class="desk-done-go" data-test="note-open" onClick=${() => book.open(speech.request_id)} title=${`${site}, ${began}: ${summary}`}>
      <span class="queue-num">${speech.number}</span>
      <span class="desk-done-w grow"><strong>${site}</strong> <span class="muted">${summary}</span></span>
      ${isUnsaved && html`<${Icon} name="triangle-alert" className="t-warn" />`}
      <span class="num muted">${speech.ended && duration(speech.ended.spoken_ms)}${isRunning && _("đang nói")}</span>
      <${Icon} name="pencil" /><span class="sr">${label}</span>
    </button>
  </li>`;
}
