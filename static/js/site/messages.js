/** *Nhắn thư ký*: the line between this site and the secretaries, and what they tell all sites. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { chime } from "../chimes.js";
import { Letters } from "../components/letters.js";
import { MessageField } from "../components/message-field.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { useKeys } from "../keyboard.js";
import { createMessages } from "../messages.js";
import { usePage } from "./page-context.js";
import { SiteOpenPaper, SitePapers, shelfOf } from "./papers.js";
import { Roll } from "./roll.js";

/** @typedef {import("../messages.js").Messages} Messages */
/** @typedef {import("../types").Connection} Connection */
/** @typedef {"roll" | "papers" | "messages"} TabName */

const SHOWN_IN_TOAST = 140;

/** @type {WeakMap<Connection, Messages>} */
const ofConnection = new WeakMap();

/** Which tab is open: the same one in the green room, the waiting room and the conference. */
const open = signal(/** @type {TabName} */ ("roll"));

/** @param {Connection} connection */
function messagesOf(connection) {
  const known = ofConnection.get(connection);
  if (known) return known;
  const messages = createMessages(connection);
  messages.onArrival(({ sender, sender_name: name, text }) => {
    if (sender === "site") return;
    const short = text.length > SHOWN_IN_TOAST ? `${text.slice(0, SHOWN_IN_TOAST)}…` : text;
    const words = _("%(name)s nhắn: %(text)s", { name, text: short });
    toast(words, { kind: "info" });
    chime("tick");
  });
  ofConnection.set(connection, messages);
  return messages;
}

/** @param {{messages: Messages}} props */
function SiteMessages({ messages }) {
  const { connection } = usePage();
  const siteId = connection.ownPart.value?.site_id ?? 0;
  const letters = messages.letters.value;
  useEffect(() => messages.markRead(), [letters]);
  return html`<div class="site-messages" id="pane-messages" role="tabpanel" aria-labelledby="tab-messages">
    <${Letters}
      letters=${letters}
      isOwn=${(/** @type {import("../types").Letter} */ letter) => letter.sender === "site"}
      label=${_("Tin nhắn với thư ký")}
      empty=${_("Cần hỗ trợ kỹ thuật, hãy nhắn thư ký tại đây.")}
    />
    <${MessageField}
      label=${_("Nhắn thư ký…")}
      isDisabled=${connection.seat.value?.state !== "held"}
      outbox=${messages.outbox}
      to=${{ channel: "site", site_id: siteId }}
    />
  </div>`;
}

/** @type {TabName[]} */
const TABS = ["roll", "papers", "messages"];

/** Attendance, papers and messages, one above the other in one panel. */
export function SideTabs() {
  const { connection } = usePage();
  const messages = messagesOf(connection);
  const shelf = shelfOf(connection);
  const unread = messages.unread.value.length;
  const isRead = open.value === "messages" || unread === 0;
  const unreadWord = _("%(n)s tin mới", { n: unread });
  const news = shelf.news.value;
  const newsWord = _("%(n)s tài liệu mới", { n: news });
  const badge = (/** @type {number} */ count, /** @type {string} */ word, /** @type {string} */ test) =>
    html`<span class="badge is-gold num" data-test=${test}><span aria-hidden="true">${count}</span><span class="sr">${word}</span></span>`;
  const step = (/** @type {KeyboardEvent} */ event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const step = event.key === "ArrowLeft" ? TABS.length - 1 : 1;
    open.value = TABS[(TABS.indexOf(open.peek()) + step) % TABS.length] ?? "roll";
    requestAnimationFrame(() => document.getElementById(`tab-${open.peek()}`)?.focus());
  };
  const show = (/** @type {TabName} */ name) => () => {
    open.value = name;
    requestAnimationFrame(() => document.getElementById(`tab-${name}`)?.focus());
  };
  useKeys({ 1: show("roll"), 2: show("papers"), 3: show("messages") });
  const tab = (/** @type {TabName} */ name, /** @type {string} */ word, /** @type {any} */ badge) =>
    html`<button
      type="button"
      role="tab"
      id=${`tab-${name}`}
      aria-selected=${open.value === name ? "true" : "false"}
      aria-controls=${`pane-${name}`}
      tabindex=${open.value === name ? 0 : -1}
      data-test=${`tab-${name}`}
      onClick=${() => (open.value = name)}
    >
      ${word}${badge}
    </button>`;
  return html`<section class="panel site-tabs" data-test="site-tabs">
    <div class="tabs" role="tablist" aria-label=${_("Điểm danh, tài liệu và tin nhắn")} onKeyDown=${step}>
      ${tab("roll", _("Điểm danh"), null)}
      ${tab("papers", _("Tài liệu"), news > 0 && badge(news, newsWord, "new-papers"))}
      ${tab("messages", _("Nhắn thư ký"), !isRead && badge(unread, unreadWord, "unread"))}
    </div>
    ${open.value === "roll" && html`<${Roll} />`} ${open.value === "papers" && html`<${SitePapers} shelf=${shelf} />`}
    ${open.value === "messages" && html`<${SiteMessages} messages=${messages} />`}
    <${SiteOpenPaper} shelf=${shelf} />
  </section>`;
}
