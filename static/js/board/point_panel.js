/** The open point of the board: its whole check, the talk, the verdict, and the door. */

import { useSignal } from "@preact/signals";
import { ORDER } from "../arrive/check.js";
import { findingWords, PARTS, VERDICTS } from "../arrive/words.js";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { TestWord, Thumbnail } from "./point_card.js";

/** @typedef {import("./board.js").Board} Board */

/** The desk's own sound and picture; sound alone, or nothing, if there is no more. */
async function ownTracks() {
  for (const wanted of [{ audio: true, video: { width: 640, height: 360 } }, { audio: true }])
    try {
      return (await navigator.mediaDevices.getUserMedia(wanted)).getTracks();
    } catch {
      // the next, smaller wish
    }
  return [];
}

/** @param {{board: Board, siteId: number}} props */
function Talk({ board, siteId }) {
  const { talk, picture, last, leave, ask } = board.talk;
  const now = talk.value?.siteId === siteId ? talk.value : null;
  const isCalling = useSignal(false);
  const isAway = ["missing", "removed"].includes(board.whereabouts(siteId));
  const call = async () => {
    isCalling.value = true;
    const tracks = await ownTracks();
    const answer = await ask(siteId, tracks);
    isCalling.value = false;
    if (!answer.ok) toast(answer.message || _("Chưa gọi được."), { kind: "bad" });
    else if (!tracks.some((track) => track.kind === "audio")) toast(_("Máy này không có micro: điểm cầu không nghe được bàn thư ký."), { kind: "warn" });
  };
  const words = { "": "", declined: _("Điểm cầu xin trả lời sau."), ended: _("Đã kết thúc.") }[last.value];
  return html`<div class="board-talk" data-test="desk-talk" data-state=${now?.state ?? "none"}>
    ${
      now?.state === "in"
        ? html`<${VideoTile} track=${picture.value} label=${_("Hình của điểm cầu")} test="point-picture" />`
        : html`<${Thumbnail} board=${board} siteId=${siteId} className="is-large" />`
    }
    ${
      now
        ? html`<p role="status"><strong>${now.state === "asked" ? _("Đang gọi, chờ điểm cầu trả lời…") : _("Đang nói chuyện; không ai khác nghe.")}</strong></p>
            <button type="button" class="btn is-danger is-block" data-test="end-talk" onClick=${leave}><${Icon} name="phone" />${_("Kết thúc")}</button>`
        : html`${words && html`<p role="status">${words}</p>`}
            <button type="button" class="btn is-block" data-test="call" disabled=${isAway || isCalling.value} onClick=${call}>
              <${Icon} name="phone" />${isAway ? _("Chưa gọi được: điểm cầu chưa có mặt") : _("Gọi điểm cầu")}
            </button>`
    }
  </div>`;
}

/** @param {{board: Board, siteId: number}} props */
function Check({ board, siteId }) {
  const check = board.desk.connection.checks.value[String(siteId)];
  if (!check) return html`<p class="muted">${_("Điểm cầu chưa tự kiểm tra.")}</p>`;
  return html`<ul class="board-check" data-test="point-check">
    ${ORDER.map((part) => {
      const finding = check.parts[part];
      const { tone, icon, word } = VERDICTS[finding?.verdict ?? "open"];
      const { cause, remedy } = finding ? findingWords(part, finding) : { cause: "", remedy: "" };
      return html`<li key=${part}>
        <span class=${`badge is-${tone}`}><${Icon} name=${icon} />${word()}</span>
        <p><b>${PARTS[part].title()}</b> ${finding?.code && html`<span class="muted">${cause} ${remedy}</span>`}</p>
      </li>`;
    })}
  </ul>`;
}

/** @param {{board: Board, siteId: number}} props */
function Entry({ board, siteId }) {
  const { connection } = board.desk;
  const reason = useSignal("");
  const isAsking = useSignal(false);
  const state = connection.deskPart.value?.entries.find((one) => one.site_id === siteId)?.state;
  const isOpen = ["doors_open", "convened", "suspended"].includes(board.desk.conference.value?.status ?? "");
  if (!isOpen || !state) return null;
  if (state !== "admitted")
    return html`<button type="button" class="btn is-block" data-test="admit" onClick=${() => connection.command("admit_site", { site_id: siteId })}>
      <${Icon} name="log-in" />${_("Cho vào hội nghị")}
    </button>`;
  const remove = async () => {
    const answer = await connection.command("remove_site", { site_id: siteId, reason: reason.peek() });
    if (answer.ok) isAsking.value = false;
  };
  if (!isAsking.value)
    return html`<button type="button" class="btn is-danger-line is-block" data-test="remove" onClick=${() => (isAsking.value = true)}>
      <${Icon} name="log-out" />${_("Đưa ra khỏi hội nghị")}
    </button>`;
  return html`<div class="field">
    <label for="remove-reason">${_("Lý do (điểm cầu đọc được)")}</label>
    <input class="input" id="remove-reason" value=${reason.value} onInput=${(/** @type {any} */ event) => (reason.value = event.currentTarget.value)} />
    <div class="row is-tight">
      <button type="button" class="btn is-danger" data-test="remove-yes" onClick=${remove}><${Icon} name="log-out" />${_("Đưa ra")}</button>
      <button type="button" class="btn" onClick=${() => (isAsking.value = false)}>${_("Thôi")}</button>
    </div>
  </div>`;
}

/** @param {{board: Board, siteId: number}} props */
export function PointPanel({ board, siteId }) {
  const site = board.desk.sites.value.find((one) => one.id === siteId);
  const contact = board.contacts.value[String(siteId)];
  const before = board.tests.value[String(siteId)];
  const remark = useSignal(before?.remark ?? "");
  if (!site) return null;
  const say = async (/** @type {boolean | null} */ isPassed) => {
    const answer = await board.keep(siteId, isPassed, remark.peek());
    if (!answer.ok) return toast(answer.message || _("Chưa lưu được."), { kind: "bad" });
    if (isPassed !== null) board.current.value = board.next();
  };
  const kept = board.desk.connection.checks.value[String(siteId)]?.kept_at;
  return html`<section class="panel board-panel" aria-labelledby="point-title" data-test="point-panel">
    <div class="panel-head">
      <h2 id="point-title" class="wrap">${site.name}</h2>
      <${TestWord} board=${board} siteId=${siteId} />
      <button type="button" class="btn is-icon is-ghost push" aria-label=${_("Đóng")} data-test="close-point" onClick=${() => (board.current.value = null)}><${Icon} name="x" /></button>
    </div>
    <div class="panel-body stack">
      <p class="board-phone"><${Icon} name="phone" /><span>${contact?.name || _("Chưa có người trực")} ${contact?.phone && html`<a class="num" href=${`tel:${contact.phone}`}>${contact.phone}</a>`} ${contact?.where && html`<span class="muted">${contact.where}</span>`}</span></p>
      <${Talk} board=${board} siteId=${siteId} />
      <div class="field">
        <label for="test-remark">${_("Nhận xét")}</label>
        <input class="input" id="test-remark" data-test="remark" value=${remark.value} onInput=${(/** @type {any} */ event) => (remark.value = event.currentTarget.value)} onChange=${() => say(before?.is_passed ?? null)} />
      </div>
      <div class="row is-tight board-say">
        <button type="button" class="btn is-primary" data-test="say-passed" onClick=${() => say(true)}><${Icon} name="check" />${_("Đạt, điểm tiếp theo")}</button>
        <button type="button" class="btn is-danger-line" data-test="say-failed" onClick=${() => say(false)}><${Icon} name="x" />${_("Không đạt")}</button>
      </div>
      <h3>${_("Điểm cầu tự kiểm tra")} ${kept && html`<small class="muted num">${clockTime(kept)}</small>`}</h3>
      <${Check} board=${board} siteId=${siteId} />
      <${Entry} board=${board} siteId=${siteId} />
    </div>
  </section>`;
}
