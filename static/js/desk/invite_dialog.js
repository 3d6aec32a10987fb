/**
 * Choosing a delegate of any site: the chair invites at once, the secretary adds to the list.
 *
 * An invitation is two commands: the request, then the floor for it. The answer to the first does not name
 * the new request, so the delegate's entry is awaited in the list; if somebody has meanwhile closed or removed it,
 * it stays in the list and the chair is told.
 */
import { useMemo, useState } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon, toast } from "../components/index.js";
import { html } from "../html.js";
import { KindFields } from "./kind_fields.js";
import { whyNotInvite } from "./reasons.js";
import { isFound } from "./search.js";
import { siteNames, surplusSpeeches } from "./speech_words.js";
import { rollWord } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").Delegate} Delegate */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {{delegate: Delegate, siteId: number, site: string, why: string | null, waiting: WaitingRequest | null, hasOrder: boolean}} Candidate */
/** @typedef {{topic: string, minutes: number, kind: import("../types").RequestKind, categoryId: number | null}} How */

const LENGTHS = [3, 5, 7, 10];
const TOPIC_LENGTH = 250;
const SHOWN = 60;
const ARRIVAL_MS = 4000;

/**
 * Everybody who could be invited, by site in protocol order.
 * @param {Desk} desk
 * @returns {Candidate[]}
 */
function candidates(desk) {
  return desk.roll.value.flatMap((roll) =>
    roll.delegates.map((delegate) => ({
      delegate,
      siteId: roll.site_id,
      site: desk.siteName(roll.site_id),
      why: whyNotPresent(delegate, roll.confirmed_at !== null),
      waiting: desk.queue.value.find((entry) => isSpeakerOf(entry, delegate.id)) ?? null,
      hasOrder: desk.orders.value.some((entry) => entry.delegate_id === delegate.id),
    })),
  );
}

/**
 * Unmarked counts as present until the site's roll is confirmed (rule 4).
 * @param {Delegate} delegate
 * @param {boolean} isConfirmed
 */
function whyNotPresent(delegate, isConfirmed) {
  if (delegate.roll === "present" || delegate.roll === "substitute") return null;
  return delegate.roll === "unmarked" && !isConfirmed ? null : rollWord(delegate.roll);
}

/**
 * Whether an entry is the delegate's own as a speaker: a point of order waits beside it (rule 2).
 * @param {WaitingRequest} entry
 * @param {number} delegateId
 */
function isSpeakerOf(entry, delegateId) {
  return entry.delegate_id === delegateId && entry.kind !== "point_of_order";
}

/**
 * @param {Desk} desk
 * @param {number} delegateId
 * @returns {Promise<WaitingRequest | null>}
 */
function arrivalOf(desk, delegateId) {
  return new Promise((resolve) => {
    /** @type {(() => void) | undefined} */
    let stop;
    const done = (/** @type {WaitingRequest | null} */ entry) => {
      clearTimeout(timer);
      queueMicrotask(() => stop?.());
      resolve(entry);
    };
    const timer = setTimeout(() => done(null), ARRIVAL_MS);
    stop = desk.queue.subscribe((queue) => {
      const found = queue.find((entry) => isSpeakerOf(entry, delegateId));
      if (found) done(found);
    });
  });
}

/**
 * A point of order has a limit of its own.
 * @param {Desk} desk
 * @param {Candidate} chosen
 * @param {How} how
 */
async function request(desk, chosen, { topic, minutes, kind, categoryId }) {
  const isOrder = kind === "point_of_order";
  return desk.connection.command("request_floor", {
    delegate_id: chosen.delegate.id,
    kind,
    topic: topic.trim(),
    item_id: null,
    limit_seconds: isOrder ? null : minutes * 60,
    ...(isOrder && { category_id: categoryId }),
  });
}

/** @param {{desk: Desk, acts: ChairActs, close: () => void}} props */
export function InviteDialog({ desk, acts, close }) {
  /** @param {Candidate} chosen @param {How} how */
  const invite = async (chosen, how) => {
    if (chosen.waiting) return (await acts.grant(chosen.waiting.request_id)).ok;
    const answer = await request(desk, chosen, how);
    if (!answer.ok) return false;
    const entry = await arrivalOf(desk, chosen.delegate.id);
    if (!entry) {
      toast(_("Đã thêm vào danh sách. Hãy bấm Mời ở danh sách."), { kind: "warn" });
      return true;
    }
    return (await acts.grant(entry.request_id)).ok;
  };
  return html`<${Chooser}
    desk=${desk}
    close=${close}
    title=${_("Mời phát biểu")}
    verb=${_("Mời phát biểu")}
    icon="mic"
    act=${invite}
  />`;
}

/** @param {{desk: Desk, close: () => void}} props */
export function AddDialog({ desk, close }) {
  /** @param {Candidate} chosen @param {How} how */
  const add = async (chosen, how) => (await request(desk, chosen, how)).ok;
  return html`<${Chooser}
    desk=${desk}
    close=${close}
    title=${_("Thêm vào danh sách đăng ký phát biểu")}
    verb=${_("Thêm")}
    icon="user-plus"
    act=${add}
    needsLine=${false}
  />`;
}

/**
 * @param {object} props
 * @param {Desk} props.desk
 * @param {() => void} props.close
 * @param {string} props.title
 * @param {string} props.verb
 * @param {string} props.icon
 * @param {(chosen: Candidate, how: How) => Promise<boolean>} props.act
 * @param {boolean} [props.needsLine] whether it is an invitation: the site must be connected
 */
function Chooser({ desk, close, title, verb, icon, act, needsLine = true }) {
  const [text, setText] = useState("");
  const [chosenId, setChosenId] = useState(/** @type {number | null} */ (null));
  const [minutes, setMinutes] = useState(defaultMinutes(desk));
  const [topic, setTopic] = useState("");
  const [kind, setKind] = useState(/** @type {import("../types").RequestKind} */ ("discussion"));
  const [categoryId, setCategoryId] = useState(/** @type {number | null} */ (null));
  const isOrder = kind === "point_of_order";
  const [isBusy, setBusy] = useState(false);
  const roll = desk.roll.value;
  const queue = desk.queue.value;
  const everybody = useMemo(() => candidates(desk), [roll, queue]);
  const found = everybody.filter(({ delegate, site }) =>
    isFound(text, `${delegate.name ?? ""} ${delegate.title} ${delegate.body ?? ""} ${site}`),
  );
  const chosen = everybody.find(({ delegate }) => delegate.id === chosenId) ?? null;
  const presiding = desk.conference.value?.presiding_site_id;
  const whyNot = (/** @type {Candidate} */ one) => {
    if (one.why) return one.why;
    if (!needsLine && (isOrder ? one.hasOrder : one.waiting)) return _("Đã có trong danh sách");
    const isReachable = one.siteId === presiding || desk.connected.value.has(one.siteId);
    return needsLine && !isReachable ? _("Mất kết nối") : null;
  };
  const ending = siteNames(desk, surplusSpeeches(desk, (desk.settings.value?.open_microphones ?? 1) - 1));
  const reason = whyNotInvite(desk) ?? (chosen ? whyNot(chosen) : _("Chưa chọn đại biểu."));

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!chosen || reason || isBusy) return;
    setBusy(true);
    const isDone = await act(chosen, { topic, minutes, kind, categoryId });
    setBusy(false);
    if (isDone) close();
  };
  const actions = html`
    <button type="button" class="btn is-lg" data-test="dialog-no" onClick=${close}>${_("Thôi")}</button>
    <button
      type="submit"
      form="chooser"
      class="btn is-lg is-primary"
      disabled=${Boolean(reason) || isBusy}
      data-test="invite-yes"
    >
      <${Icon} name=${icon} />${verb}
    </button>
  `;
  return html`<${Dialog} title=${title} onClose=${close} test="invite-dialog" actions=${actions}>
    <form id="chooser" class="desk-choose" onSubmit=${submit}>
      <div class="field">
        <label for="choose-text">${_("Tìm theo tên, chức danh, điểm cầu (không cần dấu)")}</label>
        <input
          class="input"
          id="choose-text"
          autofocus
          autocomplete="off"
          value=${text}
          data-test="invite-search"
          onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}
        />
      </div>
      <fieldset class="desk-found" data-test="invite-found">
        <legend class="sr">${_("Đại biểu")}</legend>
        ${found
          .slice(0, SHOWN)
          .map(
            (one) =>
              html`<${Choice}
                key=${one.delegate.id}
                one=${one}
                why=${whyNot(one)}
                isChosen=${one.delegate.id === chosenId}
                onChoose=${() => setChosenId(one.delegate.id)}
              />`,
          )}
        ${found.length === 0 && html`<p class="muted">${_("Không tìm thấy đại biểu nào.")}</p>`}
        ${found.length > SHOWN && html`<p class="muted">${_("Còn %(n)s đại biểu, hãy gõ thêm.", { n: found.length - SHOWN })}</p>`}
      </fieldset>
      ${
        needsLine && chosen?.waiting
          ? html`<p class="muted">${_("Đại biểu này đang chờ: mời theo đăng ký đã có.")}</p>`
          : html`<div class="desk-how">
            ${!needsLine && html`<${KindFields} desk=${desk} kind=${kind} categoryId=${categoryId} setKind=${setKind} setCategoryId=${setCategoryId} />`}
            ${!isOrder && html`<fieldset class="field">
              <legend class="label">${_("Thời lượng")}</legend>
              <div class="desk-lengths">
                ${LENGTHS.map(
                  (n) => html`<label class=${`btn${n === minutes ? " is-chosen" : ""}`}>
                    <input
                      class="sr"
                      type="radio"
                      name="minutes"
                      checked=${n === minutes}
                      onChange=${() => setMinutes(n)}
                    />${_("%(n)s phút", { n })}
                  </label>`,
                )}
              </div>
            </fieldset>`}
            <div class="field">
              <label for="choose-topic">${_("Nội dung phát biểu (không bắt buộc)")}</label>
              <input
                class="input"
                id="choose-topic"
                list="choose-topics"
                maxlength=${TOPIC_LENGTH}
                autocomplete="off"
                value=${topic}
                onInput=${(/** @type {any} */ event) => setTopic(event.currentTarget.value)}
              />
              <datalist id="choose-topics">${(desk.currentItem.value?.topics ?? []).map((one) => html`<option value=${one}></option>`)}</datalist>
            </div>
          </div>`
      }
      ${needsLine && ending && html`<p class="muted">${_("Lượt phát biểu của %(site)s sẽ kết thúc khi mời.", { site: ending })}</p>`}
      ${reason && chosen && html`<p class="chair-why">${reason}</p>`}
      ${!chosen && whyNotInvite(desk) && html`<p class="chair-why">${whyNotInvite(desk)}</p>`}
    </form>
  <//>`;
}

/**
 * @param {{one: Candidate, why: string | null, isChosen: boolean, onChoose: () => void}} props
 */
function Choice({ one, why, isChosen, onChoose }) {
  const { delegate, site, waiting } = one;
  return html`<label class=${`desk-choice${isChosen ? " is-chosen" : ""}`} data-delegate=${delegate.id}>
    <input type="radio" name="delegate" checked=${isChosen} disabled=${Boolean(why)} onChange=${onChoose} />
    <span class="grow"><strong>${delegate.name ?? delegate.title}</strong><span class="muted">${[delegate.name ? delegate.title : "", site].filter(Boolean).join(" · ")}</span></span>
    ${waiting && !why && html`<span class="badge is-gold"><${Icon} name="hand" />${_("Đang chờ")}</span>`}
    ${why && html`<span class="badge is-bad">${why}</span>`}
  </label>`;
}

/**
 * The nearest of the offered lengths to the item's own limit.
 * @param {Desk} desk
 */
function defaultMinutes(desk) {
  const own = (desk.currentItem.value?.limit_seconds ?? 300) / 60;
  return LENGTHS.reduce((best, n) => (Math.abs(n - own) < Math.abs(best - own) ? n : best), 5);
}
