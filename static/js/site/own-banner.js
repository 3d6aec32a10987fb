/** The own-state banner: the largest words of a site's page. */

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { now } from "../clock.js";
import { Banner } from "../components/banner.js";
import { ConnectionBanner, useLine } from "../components/connection-banner.js";
import { SpokenTimer } from "../components/timer.js";
import { html } from "../html.js";
import { LineNote } from "./line-note.js";
import { ownSpeech, ownWord } from "./own-state.js";
import { OWN_WORDS } from "./own-words.js";
import { usePage } from "./page-context.js";

const SPOKEN_MS = 4000;

/** Whether the own speech ended less than 4 s ago. @param {import("./page-context.js").PageContext} page */
function useJustSpoken({ connection }) {
  const until = useSignal(0);
  const before = useRef(0);
  useSignalEffect(() => {
    const part = connection.publicPart.value;
    const id = (part && ownSpeech(part, connection.ownPart.value)?.request_id) ?? 0;
    const request = connection.ownPart.value?.requests.find((one) => one.request_id === before.current);
    if (before.current && !id && request && request.status !== "granted")
      until.value = Date.now() + SPOKEN_MS;
    if (request?.status !== "granted" || id) before.current = id;
  });
  return useComputed(() => now.value > 0 && Date.now() < until.value).value;
}

/** The banner of the own state, or of the lost line. */
export function OwnBanner() {
  const page = usePage();
  const { connection, media, isHall } = page;
  const line = useLine(connection);
  const hasJustSpoken = useJustSpoken(page);
  const part = connection.publicPart.value;
  const own = connection.ownPart.value;
  if (!part || (line.value && line.value !== "back"))
    return html`<div class="site-banner" role="status" aria-live="assertive">
      <${ConnectionBanner}
        connection=${connection}
        line=${line.value}
        text=${_("Giữ nguyên trang này. Lượt và chỗ trong danh sách đăng ký phát biểu được giữ.")}
      />
      ${!line.value && html`<${Banner} kind="muted" icon="loader-circle" title=${_("Đang kết nối…")} />`}
    </div>`;
  const word = ownWord({
    part,
    own,
    seat: connection.seat.value,
    fault: media.fault.value,
    isHall,
    hasJustSpoken,
    isWeak: connection.links.value[String(connection.seat.value?.site_id)] === "weak",
  });
  const calm = ["muted", "info"].includes(OWN_WORDS[word]({ part, own, page }).kind);
  if (line.value === "back" && calm)
    return html`<div class="site-banner" role="status" aria-live="polite">
      <${ConnectionBanner} connection=${connection} line=${line.value} />
    </div>`;
  const { kind, icon, title, text, side } = OWN_WORDS[word]({ part, own, page });
  return html`<div class="site-banner" data-word=${word}>
    <${Banner} kind=${kind} icon=${icon} title=${title} text=${text}>${side}<//>
    <p class="sr" role="status" aria-live="assertive">${title}</p>
    <${SpokenTimer} speech=${ownSpeech(part, own)} />
    <${LineNote} />
  </div>`;
}
