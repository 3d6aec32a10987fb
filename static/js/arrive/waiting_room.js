/** The waiting room: what a point that is not in has: the card, the clock, its own state and picture, messages, papers, roll. */

import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Banner } from "../components/banner.js";
import { ConnectionBanner, useLine } from "../components/connection-banner.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { SideTabs } from "../site/messages.js";
import { usePage } from "../site/page-context.js";
import { StageCard } from "../site/stage-card.js";

/** @typedef {import("../types").EntryPart} EntryPart */

/** @type {Record<"waiting" | "locked" | "full" | "removed", (entry: EntryPart, reason: string) => {kind: import("../components/banner.js").BannerKind, icon: string, title: string, text: string}>} */
const STATES = {
  waiting: ({ admits_at }) => ({
    kind: "info",
    icon: "hourglass",
    title: _("Phòng chờ"),
    text: admits_at
      ? _("Các điểm cầu được vào lúc %(time)s, hoặc khi thư ký cho vào. Giữ nguyên trang này.", { time: clockTime(admits_at) })
      : _("Thư ký sẽ cho điểm cầu vào. Giữ nguyên trang này."),
  }),
  locked: () => ({
    kind: "warn",
    icon: "lock",
    title: _("Hội nghị đã khóa cửa"),
    text: _("Nhắn thư ký ở dưới để được cho vào. Giữ nguyên trang này."),
  }),
  full: ({ ceiling }) => ({
    kind: "warn",
    icon: "ban",
    title: _("Hội nghị đã đủ %(n)s điểm cầu", { n: ceiling ?? 0 }),
    text: _("Chưa còn chỗ cho điểm cầu này. Nhắn thư ký ở dưới nếu cần vào."),
  }),
  removed: (_entry, reason) => ({
    kind: "bad",
    icon: "log-out",
    title: _("Thư ký đã đưa điểm cầu này ra"),
    text: reason ? _("Lý do: %(reason)s", { reason }) : _("Nhắn thư ký ở dưới nếu cần vào lại."),
  }),
};

/** @param {{site: import("../types").Site}} props */
export function WaitingRoom({ site }) {
  const { connection, media } = usePage();
  const line = useLine(connection);
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  if (!part || !own || own.entry.state === "admitted") return null;
  const { kind, icon, title, text } = STATES[own.entry.state](part.entry, own.entry.reason);
  const isOver = part.conference.status === "adjourned";
  return html`<main class="join is-waiting" data-test="waiting-room" data-state=${own.entry.state}>
    <section class="join-cam">
      <h1 class="sr">${site.name}</h1>
      ${
        line.value
          ? html`<${ConnectionBanner} connection=${connection} line=${line.value} />`
          : html`<${Banner} kind=${kind} icon=${icon} title=${title} text=${text} test="entry-banner" />`
      }
      <div class="join-card"><${StageCard} part=${part} card=${isOver ? "end" : "before"} isWhole /></div>
    </section>
    <section class="panel join-checks join-own">
      <div class="panel-head"><h2>${_("Hình của điểm cầu này")}</h2></div>
      <${VideoTile} track=${media.localStream.value?.getVideoTracks()[0] ?? null} label=${_("Hình của điểm cầu này")} test="own-picture" />
      <p class="muted chair-small">${_("Chưa thấy hình và chưa nghe tiếng hội nghị. Hội nghị cũng chưa thấy điểm cầu này.")}</p>
    </section>
    <${SideTabs} />
  </main>`;
}
