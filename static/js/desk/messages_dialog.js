/** The chair's private line to the secretaries: a button in the bar with what is new, and a dialog. */
import { computed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon } from "../components/index.js";
import { Letters } from "../components/letters.js";
import { MessageField } from "../components/message-field.js";
import { html } from "../html.js";

/** @typedef {import("../messages.js").Messages} Messages */
/** @typedef {import("../types").Letter} Letter */

/** @param {Letter} letter */
const isPrivate = (letter) => letter.channel === "private";

/** @param {{messages: Messages}} props */
export function PrivateLineButton({ messages }) {
  const isOpen = useSignal(false);
  const news = useMemo(() => computed(() => messages.unread.value.filter(isPrivate).length), [messages]);
  const count = news.value;
  const label = count ? _("Nhắn thư ký, %(n)s tin mới", { n: count }) : _("Nhắn thư ký");
  return html`<button
      type="button"
      class="btn is-icon is-ghost live-private"
      aria-label=${label}
      title=${label}
      data-test="private-open"
      onClick=${() => (isOpen.value = true)}
    >
      <${Icon} name="message-square" />${count > 0 && html`<span class="dot-count" data-test="private-news">${count}</span>`}
    </button>
    ${isOpen.value && html`<${PrivateLine} messages=${messages} onClose=${() => (isOpen.value = false)} />`}`;
}

/** @param {{messages: Messages, onClose: () => void}} props */
function PrivateLine({ messages, onClose }) {
  const letters = messages.letters.value.filter(isPrivate);
  useEffect(() => messages.markRead(), [letters.length]);
  return html`<${Dialog}
    title=${_("Nhắn riêng với thư ký")}
    onClose=${onClose}
    test="private-line"
    actions=${html`<button type="button" class="btn" onClick=${onClose}>${_("Đóng")}</button>`}
  >
    <div class="private-line">
      <${Letters}
        letters=${letters}
        isOwn=${(/** @type {Letter} */ letter) => !messages.isFromOthers(letter)}
        label=${_("Nhắn riêng với thư ký")}
        empty=${_("Chỉ chủ trì và thư ký đọc được.")}
      />
      <${MessageField}
        label=${_("Nhắn thư ký…")}
        outbox=${messages.outbox}
        to=${{ channel: "private" }}
      />
    </div>
  <//>`;
}
