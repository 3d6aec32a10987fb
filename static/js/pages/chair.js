/** The chair's console: who speaks, who is next, the list of speakers, the agenda, the map. */
import { render } from "preact";
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { ConnectionBanner, Icon, LinkWord, mapState, SiteMap, Toasts } from "../components/index.js";
import { connect } from "../connection.js";
import { ActButton } from "../desk/act_button.js";
import { createAct, createChairActs } from "../desk/acts.js";
import { AlarmCard } from "../desk/alarm_card.js";
import { AgendaPanel } from "../desk/agenda_panel.js";
import { ConductButton, ConductLine } from "../desk/conduct_dialog.js";
import { ControlPanel } from "../desk/control_panel.js";
import { openDesk } from "../desk/desk.js";
import { ringAtDesk } from "../desk/desk_chimes.js";
import { Dialogs } from "../desk/dialogs.js";
import { useKeys } from "../desk/keys.js";
import { LiveBar } from "../desk/live_bar.js";
import { PrivateLineButton } from "../desk/messages_dialog.js";
import { NextPanel } from "../desk/next_panel.js";
import { NowPanel } from "../desk/now_panel.js";
import { OrderCard } from "../desk/order_card.js";
import { EmptyQueue, enterList, QueueList } from "../desk/queue_list.js";
import { createQueueOrder } from "../desk/queue_order.js";
import { whyNotGrant, whyNotOrder } from "../desk/reasons.js";
import { RegistrationButton } from "../desk/registration_button.js";
import { presentCount } from "../desk/roll_board.js";
import { ShareCard } from "../desk/share_card.js";
import { TotalsButton } from "../desk/totals_dialog.js";
import { html } from "../html.js";
import { createMedia } from "../media.js";
import { createMessages } from "../messages.js";

/** @typedef {import("../desk/desk.js").Desk} Desk */
/** @typedef {import("../desk/acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */

const connection = connect();
const media = createMedia(connection, { publishes: false, audible: [] });
const desk = openDesk(connection);
const acts = createChairActs(desk);
const order = createQueueOrder(desk);
const messages = createMessages(connection);
ringAtDesk(desk, { hearsLines: false, hearsTime: true });
const openKeys = () => (acts.dialog.value = { name: "keys" });

function Console() {
  useKeys({
    n: acts.next.act,
    e: acts.end.act,
    "+": acts.extend.act,
    m: acts.microphone.act,
    "shift+m": acts.muteAll.act,
    ArrowDown: enterList,
    ArrowUp: enterList,
    z: acts.undo.newest,
    "?": openKeys,
  });
  const part = connection.publicPart.value;
  return html`
    <a class="skip" href="#queue">${_("Đến danh sách đăng ký phát biểu")}</a>
    <${LiveBar} desk=${desk} media=${media} role=${_("Bàn điều hành · Chủ trì hội nghị")} onKeys=${openKeys}><${PrivateLineButton} messages=${messages} /><//>
    ${
      part
        ? html`<main class="chair" data-test="chair">
          <h1 class="sr">${_("Điều hành hội nghị")}</h1>
          <div class="chair-main">
            <${NowPanel} desk=${desk} acts=${acts} media=${media} />
            ${!desk.isOver.value && html`<${NextPanel} desk=${desk} acts=${acts} media=${media} /><${Foot} />`}
          </div>
          <${QueuePanel} />
          <div class="chair-side">
            <${AlarmCard} desk=${desk} acts=${acts} />
            <${OrderCard} desk=${desk} acts=${acts} />
            <${ShareCard} desk=${desk} acts=${acts} media=${media} />
            <${ControlPanel} desk=${desk} acts=${acts} />
            <${AgendaPanel} desk=${desk} acts=${acts} />
            <${MapPanel} part=${part} />
          </div>
        </main>`
        : html`<main class="empty" data-test="loading"><${Icon} name="loader-circle" /><strong>${_("Đang kết nối với hội nghị…")}</strong></main>`
    }
    <div class="live-line" role="status"><${ConnectionBanner} connection=${connection} /></div>
    <${Dialogs} desk=${desk} acts=${acts} media=${media} />
    <${Toasts} />
  `;
}

function Foot() {
  return html`<div class=${`chair-foot${desk.floor.value ? " is-3" : " is-1"}`}>
    <${ActButton}
      act=${acts.muteAll}
      icon="volume-x"
      className="is-lg is-danger-line"
      test="mute-all"
      keys="Shift+M"
    >${_("Tắt tất cả micro")}<//>
    ${desk.floor.value && html`<${ActButton}
      act=${acts.chairSpeaks}
      icon="landmark"
      className="is-lg"
      test="chair-speaks"
    >${_("Chủ trì phát biểu")}<//>`}
    ${desk.floor.value && html`<${ActButton} act=${acts.invite} icon="user-plus" className="is-lg" test="invite">${_("Mời phát biểu…")}<//>`}
  </div>`;
}

function QueuePanel() {
  const count = desk.queue.value.length;
  return html`<section class="panel chair-queue" id="queue" aria-labelledby="h-queue" tabindex="-1">
    <div class="panel-head">
      <h2 id="h-queue">${_("Danh sách đăng ký phát biểu")}</h2>
      ${count > 0 && html`<span class="badge num" data-test="queue-count">${count}</span>`}
      <span class="push"></span>
      <${ConductButton} desk=${desk} acts=${acts} /><${TotalsButton} desk=${desk} acts=${acts} />
      <${RegistrationButton} desk=${desk} />
    </div>
    <${ConductLine} desk=${desk} />
    ${
      count
        ? html`<${QueueList}
          desk=${desk}
          order=${order}
          className="chair-list"
          lead=${(/** @type {WaitingRequest} */ entry) => html`<${EntryMenu} entry=${entry} />`}
          actions=${(/** @type {WaitingRequest} */ entry) => html`<${InviteButton} key=${entry.request_id} entry=${entry} />`}
          onEnter=${(/** @type {WaitingRequest} */ entry) => void inviteAct(entry).act()}
        />`
        : html`<${EmptyQueue} desk=${desk} />`
    }
  </section>`;
}

/** @param {WaitingRequest} entry */
function inviteAct(entry) {
  return createAct(
    () => (entry.kind === "point_of_order" ? whyNotOrder(desk, entry) : whyNotGrant(desk, entry)),
    () => acts.grant(entry.request_id),
  );
}

/** @param {{entry: WaitingRequest}} props */
function InviteButton({ entry }) {
  const act = useMemo(() => inviteAct(entry), [entry.request_id, entry.is_connected]);
  const isNext = entry.request_id === desk.next.value?.request_id;
  const label = _("Mời %(site)s phát biểu", { site: desk.siteName(entry.site_id) });
  return html`<${ActButton}
    act=${act}
    icon="mic"
    className=${`queue-invite${isNext ? " is-primary" : ""}`}
    test="invite-row"
    label=${label}
  >
    ${_("Mời")}
  <//>`;
}

/** @param {{entry: WaitingRequest}} props */
function EntryMenu({ entry }) {
  const label = _("Từ chối hoặc xóa: %(site)s", { site: desk.siteName(entry.site_id) });
  return html`<button
    type="button"
    class="btn is-icon is-ghost"
    aria-label=${label}
    data-test="entry-menu"
    onClick=${() => (acts.dialog.value = { name: "entry", entry })}
  >
    <${Icon} name="ellipsis" />
  </button>`;
}

/** @param {number} siteId */
function hallNote(siteId) {
  if (siteId !== desk.conference.value?.presiding_site_id) return null;
  const roll = desk.roll.value.find((one) => one.site_id === siteId);
  const count = roll ? presentCount(roll) : 0;
  return count ? _("Chủ trì · %(n)s đại biểu", { n: count }) : _("Chủ trì");
}

/**
 * How many lines are weak, lost, or have not come yet.
 * @param {{part: import("../types").PublicPart}} props
 */
function LinkCounts({ part }) {
  const count = (/** @type {import("../components/site-map.js").MapState} */ state) =>
    part.sites.filter((site) => mapState(part, site.id, connection.links.value) === state).length;
  const weak = part.sites.filter((site) => desk.isWeak(site.id)).length;
  const [lost, never] = [count("lost"), count("never")];
  const [weakWord, lostWord, neverWord] = [
    _("%(n)s yếu", { n: weak }),
    _("%(n)s mất", { n: lost }),
    _("%(n)s chưa nối", { n: never }),
  ];
  return html`<span class="push chair-small chair-counts" data-test="link-counts">
    ${weak > 0 && html`<${LinkWord} state="weak" word=${weakWord} test="count-weak" />`}
    ${lost > 0 && html`<${LinkWord} state="lost" word=${lostWord} test="count-lost" />`}
    ${never > 0 && html`<span class="link-q muted" data-test="count-never"><${Icon} name="loader-circle" /><span>${neverWord}</span></span>`}
    ${weak + lost + never === 0 && html`<${LinkWord} state="online" word=${_("Đủ điểm cầu")} />`}
  </span>`;
}

/** @param {{part: import("../types").PublicPart}} props */
function MapPanel({ part }) {
  return html`<section class="panel chair-map" aria-labelledby="h-map">
    <div class="panel-head">
      <h2 id="h-map">${_("Các điểm cầu")}</h2>
      <${LinkCounts} part=${part} />
    </div>
    <div class="panel-body"><${SiteMap} part=${part} links=${connection.links.value} note=${hallNote} /></div>
  </section>`;
}

const root = document.getElementById("page");
if (!root) throw new Error("The page has no #page.");
render(html`<${Console} />`, root);
void media.start();
