/** What a page says about its own line. */

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { now } from "../clock.js";
import { html } from "../html.js";
import { Banner } from "./banner.js";
import { Icon } from "./icon.js";

/** @typedef {import("../types").Connection} Connection */

const GRACE_MS = 5000;
const BACK_MS = 3000;

/**
 * "lost" after 5 s without a line, "back" for 3 s after it, else null.
 * @param {Connection} connection
 */
export function useLine(connection) {
  const backUntil = useSignal(0);
  const wasLong = useRef(false);
  useSignalEffect(() => {
    const since = connection.lostSince.value;
    if (since !== null && now.value > 0 && Date.now() - since > GRACE_MS) wasLong.current = true;
    if (connection.status.value === "online" && wasLong.current) {
      wasLong.current = false;
      backUntil.value = Date.now() + BACK_MS;
    }
  });
  return useComputed(() => {
    const since = connection.lostSince.value;
    if (connection.status.value === "refused") return "refused";
    if (since !== null && now.value > 0 && Date.now() - since > GRACE_MS) return "lost";
    return now.value > 0 && Date.now() < backUntil.value ? "back" : null;
  });
}

/**
 * The red banner of a line lost for more than 5 s, *back again* for 3 s, and a refused link. Nothing otherwise.
 * @param {{connection: Connection, text?: string, line?: "refused" | "lost" | "back" | null}} props
 *   `text`: what is kept meanwhile; `line`: of a page that watches its line itself
 */
export function ConnectionBanner({ connection, text, line }) {
  const watched = useLine(connection).value;
  const state = line === undefined ? watched : line;
  if (state === "refused")
    return html`<${Banner}
      kind="bad"
      icon="circle-alert"
      test="connection-banner"
      title=${_("Không vào được hội nghị")}
      text=${connection.refusal.value?.message}
    />`;
  const lostTitle = _("Mất kết nối, đang nối lại (lần %(n)s)…", { n: Math.max(1, connection.attempt.value) });
  if (state === "lost")
    return html`<${Banner}
      kind="bad"
      icon="wifi-off"
      test="connection-banner"
      title=${lostTitle}
      text=${text ?? _("Giữ nguyên trang này. Những gì đã nhập vẫn được giữ.")}
    >
      <button type="button" class="btn" data-test="reconnect" onClick=${connection.reconnectNow}>
        <${Icon} name="refresh-cw" />${_("Nối lại ngay")}
      </button>
    <//>`;
  if (state === "back")
    return html`<${Banner}
      kind="info"
      icon="circle-check"
      test="connection-banner"
      title=${_("Đã nối lại")}
    />`;
  return null;
}
