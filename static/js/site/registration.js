/** *Đăng ký phát biểu*: the form and the site's own requests. */

import { useSignal } from "@preact/signals";
import { _ } from "../boot.js";
import { duration, now, spokenMs } from "../clock.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";
import { currentItem, waitingWords } from "../words.js";
import { goToRegistration, isFormWanted, withdraw } from "./controls.js";
import { isInControl } from "./microphone.js";
import { ownSpeech, placeInQueue, waitingRequests } from "./own-state.js";
import { usePage } from "./page-context.js";
import { RequestForm } from "./request-form.js";

/** @typedef {import("../types").PublicPart} PublicPart */
/** @typedef {import("../types").OwnPart} OwnPart */
/** @typedef {import("../types").OwnRequest} OwnRequest */

const SHOWN_ENDED = 2;

/** @param {{part: PublicPart, own: OwnPart | null}} props */
function HeadBadge({ part, own }) {
  const speech = ownSpeech(part, own);
  if (speech && speech.state !== "speaking")
    return html`<span class="push badge is-warn"><${Icon} name="pause" />${speech.state === "warning" ? _("Sắp mở micro") : _("Đang dừng")}</span>`;
  if (speech)
    return html`<span class="push badge is-live"><${Icon} name="mic" />${_("Đang phát biểu")}</span>`;
  const place = placeInQueue(part, own);
  if (place)
    return html`<span class="push badge is-gold" data-test="place"
      ><${Icon} name="hand" />${_("Thứ %(place)s trong %(of)s", place)}</span
    >`;
  if (!currentItem(part) || waitingRequests(own).length) return null;
  const count = part.queue.length;
  const words = count ? _("%(n)s người đang chờ", { n: count }) : _("Chưa có ai đăng ký");
  return html`<span class="push muted chair-small num">${words}</span>`;
}

/** @param {OwnRequest} request */
function endedWords(request) {
  const words = {
    released: _("Đã phát biểu %(time)s", { time: duration(request.spoken_ms) }),
    revoked: _("Đã phát biểu %(time)s", { time: duration(request.spoken_ms) }),
    withdrawn: _("Đã rút"),
    declined: _("Không được nhận"),
    removed: _("Đã đưa khỏi danh sách"),
    waiting: "",
    granted: "",
  }[request.status];
  return request.reason ? `${words}: ${request.reason}` : words;
}

/** @param {{part: PublicPart, own: OwnPart, request: OwnRequest, onWithdraw?: () => void, isDisabled: boolean}} props `onWithdraw`: with several, each row has its own button */
function OwnRequestRow({ part, own, request, onWithdraw, isDisabled }) {
  const speech = ownSpeech(part, own);
  const isSpeaking = speech?.request_id === request.request_id;
  const isWaiting = request.status === "waiting";
  const item = part.agenda.find((one) => one.id === request.item_id);
  const isLater = isWaiting && request.item_id !== part.current_item_id;
  const state = isSpeaking
    ? _("Đã nói %(time)s", { time: duration(spokenMs(speech, now.value)) })
    : isWaiting
      ? part.conference.status === "adjourned"
        ? _("Chưa được mời")
        : request.prepared_at
          ? _("Đã báo chuẩn bị")
          : waitingWords(request, now.value)
      : request.status === "granted"
        ? _("Tạm dừng")
        : "";
  return html`<li
    class=${`site-mine${isWaiting || request.status === "granted" ? "" : " is-ended"}`}
    data-request=${request.request_id}
    data-status=${request.status}
  >
    <span class="queue-num">${isSpeaking ? html`<${Icon} name="mic" />` : (request.place ?? "–")}</span>
    <p>
      <strong>${request.who}</strong>
      ${request.kind === "point_of_order" && html`<b>${_("Ý kiến về thủ tục")}</b>`}
      ${request.kind === "reply" && html`<b>${_("Trả lời")}</b>`}
      <span>${request.topic || (isWaiting ? _("Chưa ghi nội dung") : "")}</span>
      ${isLater && item && html`<small class="muted">${_("Mục %(n)s: %(title)s", { n: item.number, title: item.title })}</small>`}
      ${!isWaiting && endedWords(request) && html`<small class="site-mine-end">${endedWords(request)}</small>`}
    </p>
    <span class="muted nowrap">${state}</span>
    ${
      isWaiting &&
      onWithdraw &&
      html`<button
        type="button"
        class="btn is-icon is-ghost"
        data-test="withdraw-row"
        disabled=${isDisabled}
        aria-label=${_("Rút đăng ký của %(who)s", { who: request.who })}
        onClick=${onWithdraw}
      >
        <${Icon} name="undo-2" />
      </button>`
    }
  </li>`;
}

/** Waiting and running ones by place, and apart the last ended ones. @param {OwnPart} own */
function shownRequests(own) {
  const open = own.requests.filter((one) => one.status === "waiting" || one.status === "granted");
  const ended = own.requests.filter((one) => !open.includes(one) && one.status !== "withdrawn");
  return {
    open: open.sort((a, b) => (a.place ?? 0) - (b.place ?? 0)),
    ended: ended.slice(-SHOWN_ENDED).reverse(),
  };
}

/** What is left of the site's own speaking time, where it has one (rule 25). @param {{own: OwnPart}} props */
function Quota({ own }) {
  const left = own.spoken.quota_left_ms;
  if (left === null) return null;
  const words =
    left < 0
      ? _("Đã nói quá tổng thời gian của điểm cầu %(time)s", { time: duration(-left) })
      : _("Điểm cầu còn %(time)s phát biểu", { time: duration(left) });
  return html`<p class="site-note num" data-test="quota"><${Icon} name="timer" />${words}</p>`;
}

/** The panel. */
export function Registration() {
  const page = usePage();
  const { connection } = page;
  /** The kind of speech that somebody wants to add; "" while the form is not wanted. */
  const wanted = useSignal("");
  const [part, own] = [connection.publicPart.value, connection.ownPart.value];
  if (!part || !own) return html`<section class="panel site-raise" id="raise"></section>`;
  const isDisabled = !isInControl(page);
  const { open, ended } = shownRequests(own);
  const hasOpen = open.length > 0;
  const isLive = ["doors_open", "convened"].includes(part.conference.status);
  const isFolded = part.conference.status === "doors_open" && !hasOpen && !isFormWanted.value;
  const canChoose = waitingRequests(own).length > 1 || Boolean(ownSpeech(part, own));
  const rows = (/** @type {OwnRequest[]} */ requests) =>
    html`<ol class="site-mines">
      ${requests.map(
        (request) =>
          html`<${OwnRequestRow}
            key=${request.request_id}
            part=${part}
            own=${own}
            request=${request}
            isDisabled=${isDisabled || !isLive}
            onWithdraw=${canChoose ? () => withdraw(page, request) : undefined}
          />`,
      )}
    </ol>`;
  const done = () => {
    wanted.value = "";
    toast(_("Đã gửi đăng ký phát biểu."));
  };
  return html`<section class="panel site-raise" id="raise" tabindex="-1" aria-labelledby="h-raise">
    <div class="panel-head">
      <h2 id="h-raise">${_("Đăng ký phát biểu")}</h2>
      <${HeadBadge} part=${part} own=${own} />
    </div>
    <div class="panel-body">
      ${open.length > 0 && rows(open)}
      ${!isLive && html`<p class="site-note"><${Icon} name="info" />${closedWords(part)}</p>`}
      ${
        isFolded &&
        html`<button
          type="button"
          class="btn is-block"
          data-test="request-early"
          disabled=${isDisabled}
          onClick=${goToRegistration}
        >
          <${Icon} name="hand" />${_("Đăng ký trước khi khai mạc")}
        </button>`
      }
      ${isLive && !isFolded && (!hasOpen || wanted.value) && html`<${RequestForm} key=${wanted.value} part=${part} own=${own} isDisabled=${isDisabled} firstKind=${wanted.value || undefined} onDone=${done} onCancel=${hasOpen ? () => (wanted.value = "") : undefined} />`}
      ${
        isLive &&
        hasOpen &&
        !wanted.value &&
        html`<div class="site-more">
          <button type="button" class="btn" data-test="request-more" disabled=${isDisabled} onClick=${() => (wanted.value = "discussion")}>
            <${Icon} name="plus" />${_("Đăng ký thêm đại biểu khác")}
          </button>
          <button type="button" class="btn" data-test="request-order" disabled=${isDisabled} onClick=${() => (wanted.value = "point_of_order")}>
            <${Icon} name="flag" />${_("Ý kiến về thủ tục")}
          </button>
        </div>`
      }
      <${Quota} own=${own} />
      ${ended.length > 0 && rows(ended)}
    </div>
  </section>`;
}

/** @param {PublicPart} part */
function closedWords(part) {
  const words = {
    scheduled: _("Đăng ký được khi hội nghị đã mở điểm cầu."),
    suspended: _("Hội nghị tạm dừng, danh sách đăng ký được giữ nguyên."),
    adjourned: _("Hội nghị đã kết thúc."),
    doors_open: "",
    convened: "",
  };
  return words[part.conference.status];
}
