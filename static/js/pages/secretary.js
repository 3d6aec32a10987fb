/** The secretary's desk: every point's attendance and line, the agenda, the list of speakers, the log. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { ConnectionBanner, Icon, Toasts } from "../components/index.js";
import { connect } from "../connection.js";
import { ActButton } from "../desk/act_button.js";
import { createAct, createChairActs } from "../desk/acts.js";
import { AlarmCard } from "../desk/alarm_card.js";
import { ConductButton, ConductLine } from "../desk/conduct_dialog.js";
import { SittingButtons, statusWords } from "../desk/control_panel.js";
import { openDesk } from "../desk/desk.js";
import { DeskAgenda } from "../desk/desk_agenda.js";
import { ringAtDesk } from "../desk/desk_chimes.js";
import { Dialogs } from "../desk/dialogs.js";
import { useKeys } from "../desk/keys.js";
import { LiveBar } from "../desk/live_bar.js";
import { LogPanel } from "../desk/log_panel.js";
import { createPost, MessagesPanel } from "../desk/messages_panel.js";
import { openNotes } from "../desk/notes.js";
import { GalleryButton } from "../desk/gallery_dialog.js";
import { createNotebook } from "../desk/notes_panel.js";
import { OrderCard } from "../desk/order_card.js";
import { EmptyQueue, QueueList } from "../desk/queue_list.js";
import { createQueueOrder } from "../desk/queue_order.js";
import { whyNotGrant, whyNotInvite, whyNotPrepare } from "../desk/reasons.js";
import { RegistrationButton } from "../desk/registration_button.js";
import { RollCallPanel } from "../desk/roll_call_panel.js";
import { RollBoard } from "../desk/roll_board.js";
import { ScreenButton } from "../desk/screen_dialog.js";
import { lineBoardAddress, secretaryCommands } from "../desk/secretary_commands.js";
import { ShareCard } from "../desk/share_card.js";
import { SpeechPanel } from "../desk/speech_panel.js";
import { isPausedByChair } from "../desk/speech_words.js";
import { TotalsButton } from "../desk/totals_dialog.js";
import { html } from "../html.js";
import { toggleFullScreen } from "../keyboard.js";
import { createMedia } from "../media.js";
import { createMessages } from "../messages.js";

/** @typedef {import("../types").WaitingRequest} WaitingRequest */

const connection = connect();
const media = createMedia(connection, { publishes: false, audible: [] });
const desk = openDesk(connection);
const acts = createChairActs(desk);
const order = createQueueOrder(desk);
const book = createNotebook(desk, openNotes(desk));
const post = createPost(createMessages(connection));
const openedRoll = signal(/** @type {number | null} */ (null));
ringAtDesk(desk, { hearsLines: true, hearsTime: false });

/** Sites whose second tab asks for the seat while the first is on air. */
const asking = signal(/** @type {Set<number>} */ (new Set()));
connection.on("takeover_asked", ({ site_id }) => (asking.value = new Set([...asking.value, site_id])));

/** @param {number} siteId */
async function allowTakeover(siteId) {
  const answer = await connection.request("allow_takeover", { site_id: siteId });
  if (answer.ok) asking.value = new Set([...asking.value].filter((id) => id !== siteId));
}

/** @param {number} siteId */
function showLine(siteId) {
  acts.dialog.value = { name: "line", siteId };
}

const add = createAct(
  () => whyNotInvite(desk),
  () => (acts.dialog.value = { name: "add" }),
  0,
);

const openKeys = () => (acts.dialog.value = { name: "keys" });
const openCommands = () => (acts.dialog.value = { name: "commands" });

/** Every act of this desk as it is now, for the list of commands. */
const commands = () => secretaryCommands({ desk, acts, add, write, openRoll });

/** @param {number | "all" | "private"} line */
function write(line) {
  post.open.value = line === "all" ? null : line;
  focusSoon('.desk-tech [data-test="message-text"]');
}

/** Opens the site's line with these words in it, unless others stand there already. @param {number} siteId @param {string} text */
function writeTo(siteId, text) {
  const { outbox } = post.messages;
  const draft = `site-${siteId}`;
  if (!outbox.drafts.peek()[draft]?.trim()) outbox.write(draft, text);
  write(siteId);
}

/** @param {number} siteId */
function openRoll(siteId) {
  openedRoll.value = siteId;
  focusSoon(`[data-test="board"] [data-site="${siteId}"] [data-test="roll-toggle"]`);
}

/** The focus goes there once the list has closed and the panel is drawn. @param {string} selector */
function focusSoon(selector) {
  setTimeout(() => {
    const element = /** @type {HTMLElement | null} */ (document.querySelector(selector));
    element?.scrollIntoView({ block: "nearest" });
    element?.focus();
  }, 50);
}

/** Ctrl K works while somebody types, too. */
function useCommandKey() {
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (!event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.code !== "KeyK") return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) openCommands();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function Desk() {
  useCommandKey();
  useKeys({ "?": openKeys, f: toggleFullScreen, z: acts.undo.newest });
  const part = connection.publicPart.value;
  return html`
    <a class="skip" href="#queue">${_("Đến danh sách đăng ký phát biểu")}</a>
    <${LiveBar} desk=${desk} media=${media} role=${_("Bàn thư ký")} onKeys=${openKeys} onCommands=${openCommands}><${Status} /><${LineBoardLink} /><${GalleryButton} desk=${desk} acts=${acts} /><${ScreenButton} desk=${desk} acts=${acts} /><//>
    ${
      part
        ? html`<main class="desk is-dense" data-test="secretary">
          <h1 class="sr">${_("Bàn thư ký")}</h1>
          <div class="desk-col is-1"><${RollCallPanel} desk=${desk} /><${RollBoard} desk=${desk} asking=${asking.value} open=${openedRoll} onAllow=${allowTakeover} onWhole=${() => (acts.dialog.value = { name: "roll" })} onLine=${showLine} /><${MessagesPanel} desk=${desk} post=${post} /></div>
          <div class="desk-col is-2"><${OrderCard} desk=${desk} acts=${acts} /><${ShareCard} desk=${desk} acts=${acts} media=${media} /><${DeskAgenda} desk=${desk} acts=${acts} /><${QueuePanel} /></div>
          <div class="desk-col is-3">
            <${AlarmCard} desk=${desk} acts=${acts} onWrite=${writeTo} />
            ${hasSittingPanel() && html`<${SittingPanel} />`}
            <${SpeechPanel} desk=${desk} acts=${acts} media=${media} book=${book}>${desk.isActingChair.value && html`<${ActingActs} />`}<//>
            <${LogPanel} desk=${desk} />
          </div>
        </main>`
        : html`<main class="empty" data-test="loading"><${Icon} name="loader-circle" /><strong>${_("Đang kết nối với hội nghị…")}</strong></main>`
    }
    <div class="live-line" role="status"><${ConnectionBanner} connection=${connection} /></div>
    <${Dialogs} desk=${desk} acts=${acts} media=${media} commands=${commands} />
    <${Toasts} />
  `;
}

/** The line-test board, on a screen of its own. */
function LineBoardLink() {
  const address = lineBoardAddress(desk);
  if (!address || desk.isOver.value) return null;
  const label = _("Kiểm tra đường truyền các điểm cầu");
  return html`<a class="btn is-small live-board-link" href=${address} target="_blank" rel="noopener" title=${label} aria-label=${label} data-test="line-board-open"
    ><${Icon} name="list-checks" /><span>${_("Thử đường truyền")}</span></a
  >`;
}

function Status() {
  const conference = desk.conference.value;
  if (!conference) return null;
  const { kind, icon, text } = statusWords(conference);
  return html`<span
    class=${`badge${kind ? ` is-${kind}` : ""}`}
    data-test="status"
    data-state=${conference.status}
  ><${Icon} name=${icon} />${text}</span>`;
}

/** The secretary opens the doors; everything else on the sitting only while appointed. */
function hasSittingPanel() {
  return desk.conference.value?.status === "scheduled" || Boolean(connection.deskPart.value?.acting_chair);
}

function SittingPanel() {
  return html`<section class="panel desk-status" aria-label=${_("Hội nghị")} data-test="control">
    ${desk.isActingChair.value && html`<p><span class="badge is-gold" data-test="acting"><${Icon} name="user-check" />${_("Bạn đang được ủy quyền điều hành")}</span></p>`}
    <div class="desk-sitting"><${SittingButtons} desk=${desk} acts=${acts} /></div>
  </section>`;
}

/** The chair's acts on the speech, while this secretary is appointed. */
function ActingActs() {
  return html`<div class="chair-actions is-4" data-test="acting-acts">
    <${ActButton} act=${acts.next} icon="skip-forward" className="is-primary" test="grant-next">${_("Mời người tiếp theo")}<//>
    <${ActButton} act=${acts.end} icon="circle-stop" className="is-danger" test="end">${_("Kết thúc")}<//>
    <${ActButton} act=${acts.extend} icon="plus" test="extend" label=${_("Thêm 1 phút")}>${_("1 phút")}<//>
    <${ActButton}
      act=${acts.microphone}
      icon="mic-off"
      test="mute"
    >${desk.floor.value?.paused_by.includes("muted") ? _("Mở lại micro") : _("Ngắt micro")}<//>
    ${
      desk.floor.value && isPausedByChair(desk.floor.value)
        ? html`<${ActButton} act=${acts.goOn} icon="play" test="continue">${_("Cho nói tiếp")}<//>`
        : html`<${ActButton} act=${acts.pause} icon="pause" test="pause">${_("Tạm dừng")}<//>`
    }
    <${ActButton} act=${acts.muteAll} icon="volume-x" className="is-danger-line" test="mute-all">${_("Tắt tất cả micro")}<//>
    <${ActButton} act=${acts.invite} icon="user-plus" test="invite">${_("Mời phát biểu…")}<//>
    ${
      desk.stage.value?.is_chair_speaking
        ? html`<${ActButton}
          act=${acts.endChairSpeech}
          icon="landmark"
          test="end-chair-speech"
        >${_("Chủ trì phát biểu xong")}<//>`
        : html`<${ActButton} act=${acts.chairSpeaks} icon="landmark" test="chair-speaks">${_("Chủ trì phát biểu")}<//>`
    }
  </div>`;
}

function QueuePanel() {
  const count = desk.queue.value.length;
  return html`<section class="panel desk-queue" id="queue" tabindex="-1" aria-labelledby="h-q">
    <div class="panel-head">
      <h2 id="h-q">${_("Danh sách đăng ký phát biểu")}</h2>
      ${count > 0 && html`<span class="badge num" data-test="queue-count">${count}</span>`}
      <span class="push"></span>
      <${ConductButton} desk=${desk} acts=${acts} /><${TotalsButton} desk=${desk} acts=${acts} />
      <${RegistrationButton} desk=${desk} />
      ${!desk.isOver.value && html`<${ActButton} act=${add} icon="user-plus" className="is-small" test="add">${_("Thêm")}<//>`}
    </div>
    <${ConductLine} desk=${desk} />
    ${
      count
        ? html`<${QueueList}
          desk=${desk}
          order=${order}
          className="desk-q desk-scroll"
          actions=${(/** @type {WaitingRequest} */ entry) => html`<${EntryActions} key=${entry.request_id} entry=${entry} />`}
        />`
        : html`<${EmptyQueue} desk=${desk} />`
    }
  </section>`;
}

/** @param {{entry: WaitingRequest}} props */
function EntryActions({ entry }) {
  const site = desk.siteName(entry.site_id);
  const prepare = useMemo(
    () =>
      createAct(
        () => whyNotPrepare(desk, entry),
        () => acts.prepare(entry.request_id),
      ),
    [entry.request_id, entry.prepared_at, entry.is_connected],
  );
  const grant = useMemo(
    () =>
      createAct(
        () => whyNotGrant(desk, entry),
        () => acts.grant(entry.request_id),
      ),
    [entry.request_id, entry.is_connected],
  );
  const [grantLabel, prepareLabel, menuLabel] = [
    _("Mời %(site)s phát biểu", { site }),
    _("Báo %(site)s chuẩn bị", { site }),
    _("Từ chối hoặc xóa: %(site)s", { site }),
  ];
  return html`<div class="desk-qb">
    ${desk.isActingChair.value && html`<${ActButton}
      act=${grant}
      icon="mic"
      className="is-small"
      test="invite-row"
      label=${grantLabel}
    >${_("Mời")}<//>`}
    <${ActButton} act=${prepare} icon="bell" className="is-icon is-ghost" test="prepare" label=${prepareLabel} />
    <button
      type="button"
      class="btn is-icon is-ghost"
      aria-label=${menuLabel}
      data-test="entry-menu"
      onClick=${() => (acts.dialog.value = { name: "entry", entry })}
    >
      <${Icon} name="ellipsis" />
    </button>
  </div>`;
}

const root = document.getElementById("page");
if (!root) throw new Error("The page has no #page.");
render(html`<${Desk} />`, root);
void media.start();
