/** The line-test board of the desk: every point with its picture, state, check and phone; calling, letting in, passing, printing. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { _ } from "../boot.js";
import { openBoard } from "../board/board.js";
import { PointCard } from "../board/point_card.js";
import { PointPanel } from "../board/point_panel.js";
import { clockTime } from "../clock.js";
import { ConnectionBanner, Icon, Toasts } from "../components/index.js";
import { connect } from "../connection.js";
import { openDesk } from "../desk/desk.js";
import { LiveBar } from "../desk/live_bar.js";
import { html } from "../html.js";
import { createMedia } from "../media.js";

const connection = connect();
const media = createMedia(connection, { publishes: false, audible: [] });
const desk = openDesk(connection);
const board = openBoard(desk);
const shown = signal(/** @type {"all" | "missing" | "untested" | "failed"} */ ("all"));

/** @type {Record<"all" | "missing" | "untested" | "failed", {word: () => string, holds: (id: number) => boolean}>} */
const SIEVES = {
  all: { word: () => _("Tất cả"), holds: () => true },
  missing: { word: () => _("Chưa có mặt"), holds: (id) => board.whereabouts(id) === "missing" },
  untested: { word: () => _("Chưa thử"), holds: (id) => (board.tests.value[String(id)]?.is_passed ?? null) === null },
  failed: { word: () => _("Không đạt"), holds: (id) => board.tests.value[String(id)]?.is_passed === false },
};

/** Who is let in when, and the acts on the door. */
function Door() {
  const part = connection.publicPart.value;
  if (!part) return null;
  const { entry, conference } = part;
  const isOpen = ["doors_open", "convened", "suspended"].includes(conference.status);
  const waiting = board.points.value.filter(({ id }) => board.whereabouts(id) === "waiting").length;
  const time = clockTime(entry.admits_at);
  const words = !isOpen
    ? _("Chưa mở điểm cầu")
    : entry.is_locked
      ? _("Đã khóa cửa")
      : entry.is_open_to_all
        ? _("Điểm cầu tự vào")
        : entry.admits_at
          ? _("Tất cả được vào lúc %(time)s", { time })
          : _("Thư ký cho vào");
  return html`<div class="row is-wrap board-door">
    <span class="badge" data-test="door"><${Icon} name=${entry.is_locked ? "lock" : "door-open"} />${words}</span>
    ${
      isOpen && waiting > 0 &&
      html`<button type="button" class="btn is-small is-primary" data-test="admit-all" onClick=${() => connection.command("admit_all")}>
        <${Icon} name="log-in" />${_("Cho tất cả vào")}
      </button>`
    }
    ${
      isOpen &&
      html`<button
        type="button"
        class="btn is-small"
        data-test="lock"
        onClick=${() => connection.command(entry.is_locked ? "unlock_entry" : "lock_entry")}
      >
        <${Icon} name=${entry.is_locked ? "door-open" : "lock"} />${entry.is_locked ? _("Mở khóa cửa") : _("Khóa cửa")}
      </button>`
    }
  </div>`;
}

function Board() {
  const part = connection.publicPart.value;
  if (!part)
    return html`<main class="empty" data-test="loading"><${Icon} name="loader-circle" /><strong>${_("Đang kết nối với hội nghị…")}</strong></main>`;
  const points = board.points.value.filter(({ id }) => SIEVES[shown.value].holds(id));
  const passed = board.points.value.filter(({ id }) => board.tests.value[String(id)]?.is_passed).length;
  const count = _("%(n)s/%(all)s điểm cầu đạt", { n: passed, all: board.points.value.length });
  const address = `/c/${part.conference.public_id}`;
  return html`<main class="board" data-test="line-board">
    <h1 class="sr">${_("Kiểm tra đường truyền các điểm cầu")}</h1>
    <div class="row is-wrap board-tools">
      <span class="badge is-ok num" data-test="passed-count"><${Icon} name="circle-check" />${count}</span>
      <div class="row is-tight" role="group" aria-label=${_("Lọc điểm cầu")}>
        ${Object.entries(SIEVES).map(([name, sieve]) => {
          const choose = () => (shown.value = /** @type {typeof shown.value} */ (name));
          return html`<button type="button" key=${name} class="btn is-small" aria-pressed=${shown.value === name ? "true" : "false"} data-test=${`sieve-${name}`} onClick=${choose}>${sieve.word()}</button>`;
        })}
      </div>
      <button type="button" class="btn is-small is-primary" data-test="run-through" onClick=${() => (board.current.value = board.next())}>
        <${Icon} name="skip-forward" />${_("Thử lần lượt")}
      </button>
      <${Door} />
      <a class="btn is-small push" href=${`${address}/line-test.pdf`} data-test="certificate"><${Icon} name="printer" />${_("Biên bản thử")}</a>
      <a class="btn is-small" href=${`${address}/secretary`}><${Icon} name="clipboard-list" />${_("Bàn thư ký")}</a>
    </div>
    <div class=${`board-body${board.current.value === null ? "" : " has-panel"}`}>
      <ul class="board-points">
        ${points.map((site) => html`<${PointCard} key=${site.id} board=${board} site=${site} />`)}
        ${!points.length && html`<li class="empty"><strong>${_("Không có điểm cầu nào.")}</strong></li>`}
      </ul>
      ${board.current.value !== null && html`<${PointPanel} key=${board.current.value} board=${board} siteId=${board.current.value} />`}
    </div>
  </main>`;
}

function Page() {
  return html`
    <${LiveBar} desk=${desk} media=${media} role=${_("Kiểm tra đường truyền")} />
    <${Board} />
    <div class="live-line" role="status"><${ConnectionBanner} connection=${connection} /></div>
    <${Toasts} />
  `;
}

const root = document.getElementById("page");
if (!root) throw new Error("The page has no #page.");
render(html`<${Page} />`, root);
