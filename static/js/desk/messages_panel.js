/** *Tin kỹ thuật*: the lines to every site, to all of them, and between the secretaries and the chair. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { chime } from "../chimes.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/index.js";
import { Letters } from "../components/letters.js";
import { MessageField } from "../components/message-field.js";
import { html } from "../html.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../messages.js").Messages} Messages */
/** @typedef {import("../types").Letter} Letter */
/** @typedef {number | "all" | "private"} Line a site's id, or one of the two lines that are not of a site */
/** @typedef {ReturnType<typeof createPost>} Post */

/** @param {Letter} letter @returns {Line} */
const lineOf = ({ channel, site_id: siteId }) => (channel === "site" ? (siteId ?? 0) : channel);

/**
 * The messages by line, and the line that is open.
 * @param {Messages} messages
 */
export function createPost(messages) {
  const open = signal(/** @type {Line | null} */ (null));
  /** @type {import("@preact/signals").ReadonlySignal<Map<Line, Letter[]>>} */
  const lines = computed(() => {
    /** @type {Map<Line, Letter[]>} */
    const found = new Map();
    for (const letter of messages.letters.value) {
      const line = lineOf(letter);
      found.set(line, [...(found.get(line) ?? []), letter]);
    }
    return found;
  });
  /** Sites whose last message nobody has answered, and the private line while it has news; newest first, then all others. */
  const rows = computed(() => {
    const news = new Set(messages.unread.value.filter(({ channel }) => channel === "private").map(lineOf));
    const all = [...lines.value].map(([line, letters]) => {
      const last = letters[letters.length - 1];
      return { line, last, isWaiting: line === "private" ? news.has(line) : last.sender === "site" };
    });
    return all.sort((a, b) => Number(b.isWaiting) - Number(a.isWaiting) || b.last.id - a.last.id);
  });
  const unanswered = computed(() => rows.value.filter(({ line, isWaiting }) => isWaiting && line !== "private").length);
  const privateNews = computed(() => rows.value.some(({ line, isWaiting }) => isWaiting && line === "private"));
  messages.onArrival(() => chime("tick"));
  return { messages, open, lines, rows, unanswered, privateNews };
}

/** @param {Desk} desk @param {Line} line */
function nameOf(desk, line) {
  if (line === "all") return _("Tất cả điểm cầu");
  if (line === "private") return _("Chủ trì và thư ký (riêng)");
  return desk.siteName(line);
}

/** @param {Line} line @returns {import("../outbox.js").Address} */
function addressOf(line) {
  return typeof line === "number" ? { channel: "site", site_id: line } : { channel: line };
}

/** @param {{desk: Desk, post: Post}} props */
export function MessagesPanel({ desk, post }) {
  const line = post.open.value;
  const count = post.unanswered.value;
  const waiting = _("%(n)s chưa trả lời", { n: count });
  return html`<section class="panel desk-tech" aria-labelledby="h-messages" data-test="messages">
    <div class="panel-head">
      ${
        line !== null &&
        html`<button
          type="button"
          class="btn is-icon is-ghost"
          aria-label=${_("Về danh sách tin")}
          data-test="messages-back"
          onClick=${() => (post.open.value = null)}
        ><${Icon} name="arrow-left" /></button>`
      }
      <h2 id="h-messages">${line === null ? _("Tin kỹ thuật") : nameOf(desk, line)}</h2>
      ${count > 0 && html`<span class="badge is-warn" data-test="unanswered">${waiting}</span>`}
      ${line === null && html`<${Choice} desk=${desk} post=${post} />`}
    </div>
    ${line === null ? html`<${Overview} desk=${desk} post=${post} />` : html`<${OpenLine} key=${line} desk=${desk} post=${post} line=${line} />`}
  </section>`;
}

/** Whom to write to first. @param {{desk: Desk, post: Post}} props */
function Choice({ desk, post }) {
  const choose = (/** @type {any} */ event) => {
    const { value } = event.currentTarget;
    if (value) post.open.value = value === "private" ? value : Number(value);
  };
  return html`<select
    class="input push desk-to"
    aria-label=${_("Nhắn cho")}
    data-test="message-to"
    value=""
    onChange=${choose}
  >
    <option value="">${_("Nhắn cho…")}</option>
    <option value="private">${nameOf(desk, "private")}</option>
    ${desk.sites.value.map((site) => html`<option key=${site.id} value=${site.id}>${site.name}</option>`)}
  </select>`;
}

/** @param {{desk: Desk, post: Post}} props */
function Overview({ desk, post }) {
  const rows = post.rows.value;
  return html`<ul class="desk-msgs desk-scroll" aria-label=${_("Các cuộc nhắn tin")} data-test="lines">
      ${!rows.length && html`<li class="muted">${_("Chưa có tin nào. Điểm cầu cần hỗ trợ sẽ nhắn tại đây.")}</li>`}
      ${rows.map(({ line, last, isWaiting }) => html`<${Row} key=${line} desk=${desk} post=${post} line=${line} last=${last} isWaiting=${isWaiting} />`)}
    </ul>
    <${MessageField} label=${_("Nhắn tới tất cả điểm cầu…")} outbox=${post.messages.outbox} to=${addressOf("all")} />`;
}

/** @param {{desk: Desk, post: Post, line: Line, last: Letter, isWaiting: boolean}} props */
function Row({ desk, post, line, last, isWaiting }) {
  const name = nameOf(desk, line);
  const label = isWaiting ? _("Trả lời %(name)s", { name }) : _("Xem tin với %(name)s", { name });
  return html`<li class=${isWaiting ? "is-new" : ""} data-line=${line}>
    <p>
      <strong>${name}</strong> <time datetime=${last.sent_at}>${clockTime(last.sent_at)}</time>
      <span class="desk-msg-last">${line !== "all" && last.sender !== "site" && html`<span class="muted">${last.sender_name}: </span>`}${last.text}</span>
    </p>
    <button
      type="button"
      class="btn is-small"
      aria-label=${label}
      data-test="message-open"
      onClick=${() => (post.open.value = line)}
    >${isWaiting ? _("Trả lời") : _("Xem")}</button>
  </li>`;
}

/** @param {{desk: Desk, post: Post, line: Line}} props */
function OpenLine({ desk, post, line }) {
  const label = _("Nhắn cho %(name)s…", { name: nameOf(desk, line) });
  const letters = post.lines.value.get(line) ?? [];
  useEffect(() => {
    if (line === "private") post.messages.markRead();
  }, [letters.length]);
  return html`<${Letters}
      letters=${letters}
      isOwn=${(/** @type {Letter} */ letter) => !post.messages.isFromOthers(letter)}
      label=${nameOf(desk, line)}
      empty=${_("Chưa có tin nào.")}
    />
    <${MessageField} label=${label} outbox=${post.messages.outbox} to=${addressOf(line)} />`;
}
