/** How the floor is run: mode, microphones, limits, what happens when the time is over (rules 14, 16, 19, 25). */
import { useState } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon, Switch } from "../components/index.js";
import { html } from "../html.js";
import { asSentence, limitWords } from "../words.js";
import { modeWord } from "./log_words.js";
import { whyNotLive } from "./reasons.js";
import { siteNames, surplusSpeeches } from "./speech_words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").FloorMode} FloorMode */
/** @typedef {import("../types").FloorSettings} FloorSettings */

const MICROPHONES = [1, 2, 3, 4];
const LIMITS = [180, 300, 420, 600]; // seconds
const ORDER_LIMITS = [60, 120, 180];
const GRACES = [0, 15, 30];
const QUOTAS = [600, 900, 1200, 1800];

/** What each mode means. @type {Record<FloorMode, () => string>} */
const MODES = {
  chair_led: () => _("Chủ trì mời từng người."),
  fifo: () => _("Nói xong một người thì người kế tiếp được mời ngay."),
  presentation: () => _("Chỉ người trình bày của mục được đăng ký và mời."),
  free_discussion: () => _("Điểm cầu tự bật micro, đến đủ số micro."),
};

/** How the floor is run, where it is not the usual way: one short line. @param {Desk} desk */
export function conductWords(desk) {
  const settings = desk.settings.value;
  if (!settings) return "";
  return [
    settings.mode !== "chair_led" && asSentence(modeWord(settings.mode)),
    settings.open_microphones > 1 && _("%(n)s micro cùng lúc", { n: settings.open_microphones }),
    settings.on_exceed === "cut" && _("ngắt khi quá giờ"),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Opens the dialog. @param {{desk: Desk, acts: ChairActs}} props */
export function ConductButton({ desk, acts }) {
  if (!desk.isChairing.value || desk.isOver.value || desk.conference.value?.status === "scheduled") return null;
  const label = _("Cách điều hành phát biểu");
  return html`<button
    type="button"
    class="btn is-icon is-ghost"
    aria-label=${label}
    title=${label}
    data-test="conduct-open"
    onClick=${() => (acts.dialog.value = { name: "conduct" })}
  >
    <${Icon} name="settings" />
  </button>`;
}

/** The unusual way in which the floor is run now. @param {{desk: Desk}} props */
export function ConductLine({ desk }) {
  const words = conductWords(desk);
  return words && html`<p class="desk-conduct" data-test="conduct"><${Icon} name="settings" />${words}</p>`;
}

/** @param {number} n seconds */
function graceWords(n) {
  return n ? _("Ngắt sau %(n)s giây", { n }) : _("Ngắt ngay");
}

/**
 * What differs, as the commands that bring it about.
 * @param {FloorSettings} now
 * @param {FloorSettings} wanted
 * @param {boolean} isConfirmed
 * @returns {[string, Record<string, unknown>][]}
 */
function commandsFor(now, wanted, isConfirmed) {
  /** @type {[string, Record<string, unknown>][]} */
  const commands = [];
  const { mode, open_microphones: count, order_categories: _categories, site_quota_seconds: quota, ...others } = wanted;
  if (mode !== now.mode) commands.push(["set_mode", { mode }]);
  if (count !== now.open_microphones) commands.push(["set_open_microphones", { count, is_confirmed: isConfirmed }]);
  const changed = Object.entries(others).filter(([name, value]) => now[/** @type {keyof FloorSettings} */ (name)] !== value);
  if (quota !== now.site_quota_seconds) changed.push(["site_quota_seconds", quota ?? 0]);
  if (changed.length) commands.push(["change_settings", Object.fromEntries(changed)]);
  return commands;
}

/** @param {{desk: Desk, close: () => void}} props */
export function ConductDialog({ desk, close }) {
  const settings = /** @type {FloorSettings} */ (desk.settings.value);
  const item = desk.currentItem.value;
  const [wanted, setWanted] = useState(settings);
  const [itemLimit, setItemLimit] = useState(item?.limit_seconds ?? null);
  const [isBusy, setBusy] = useState(false);
  const why = whyNotLive(desk);
  const set = (/** @type {Partial<FloorSettings>} */ changed) => setWanted({ ...wanted, ...changed });

  const surplus = surplusSpeeches(desk, wanted.open_microphones);
  const ending = siteNames(desk, surplus);
  const commands = commandsFor(settings, wanted, surplus.length > 0);
  if (item && itemLimit !== item.limit_seconds)
    commands.push(["set_item_limit", { item_id: item.id, seconds: itemLimit }]);

  const apply = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    for (const [name, args] of commands) if (!(await desk.connection.command(name, args)).ok) return setBusy(false);
    close();
  };
  const actions = html`
    <button type="button" class="btn is-lg" data-test="dialog-no" onClick=${close}>${_("Thôi")}</button>
    <button
      type="submit"
      form="conduct"
      class="btn is-lg is-primary"
      disabled=${isBusy || Boolean(why) || !commands.length}
      data-test="conduct-yes"
    >
      <${Icon} name="check" />${_("Áp dụng")}
    </button>
  `;
  const minutes = (/** @type {number} */ n) => limitWords(n);
  return html`<${Dialog} title=${_("Cách điều hành phát biểu")} onClose=${close} test="conduct-dialog" actions=${actions}>
    <form id="conduct" class="desk-conduct-form" onSubmit=${apply}>
      <fieldset class="desk-found is-short">
        <legend class="sr">${_("Chế độ")}</legend>
        ${/** @type {FloorMode[]} */ (Object.keys(MODES)).map(
          (mode) =>
            html`<label key=${mode} class=${`desk-choice${mode === wanted.mode ? " is-chosen" : ""}`} data-mode=${mode}>
              <input type="radio" name="mode" value=${mode} checked=${mode === wanted.mode} onChange=${() => set({ mode })} />
              <span class="grow"><strong>${asSentence(modeWord(mode))}</strong><span class="muted">${MODES[mode]()}</span></span>
            </label>`,
        )}
      </fieldset>
      <div class="desk-conduct-rows">
        <${Choice} name="microphones" legend=${_("Số micro mở cùng lúc")} values=${MICROPHONES} value=${wanted.open_microphones}
          word=${String} choose=${(/** @type {number} */ n) => set({ open_microphones: n })} />
        <${Choice} name="limit" legend=${_("Thời lượng mỗi lượt, cả hội nghị")} values=${LIMITS} value=${wanted.speech_limit_seconds}
          word=${minutes} choose=${(/** @type {number} */ n) => set({ speech_limit_seconds: n })} />
        ${item && html`<${Choice} name="item-limit" legend=${_("Riêng mục %(n)s", { n: item.number })} values=${LIMITS} value=${itemLimit}
          word=${minutes} none=${_("Như hội nghị")} choose=${setItemLimit} />`}
        <${Choice} name="exceed" legend=${_("Khi hết giờ")} values=${GRACES} value=${wanted.on_exceed === "cut" ? wanted.cut_grace_seconds : null}
          word=${graceWords} none=${_("Chỉ báo")}
          choose=${(/** @type {number | null} */ n) => set(n === null ? { on_exceed: "warn" } : { on_exceed: "cut", cut_grace_seconds: n })} />
        <${Choice} name="order-limit" legend=${_("Ý kiến về thủ tục")} values=${ORDER_LIMITS} value=${wanted.point_of_order_seconds}
          word=${minutes} choose=${(/** @type {number} */ n) => set({ point_of_order_seconds: n })} />
        <${Choice} name="quota" legend=${_("Tổng thời gian mỗi điểm cầu")} values=${QUOTAS} value=${wanted.site_quota_seconds}
          word=${minutes} none=${_("Không giới hạn")} choose=${(/** @type {number | null} */ n) => set({ site_quota_seconds: n })} />
        <div class="desk-conduct-more">
          <${Switch} isOn=${wanted.is_clock_stopped_by_order} word=${_("Dừng đồng hồ của lượt đang nói khi nghe ý kiến về thủ tục")}
            onSwitch=${(/** @type {boolean} */ is) => set({ is_clock_stopped_by_order: is })} />
          <${Switch} isOn=${wanted.takes_orders_when_closed} word=${_("Nhận ý kiến về thủ tục cả khi đã đóng đăng ký")}
            onSwitch=${(/** @type {boolean} */ is) => set({ takes_orders_when_closed: is })} />
          <${Switch} isOn=${wanted.is_present_only} word=${_("Chỉ nhận đại biểu có mặt theo điểm danh")}
            onSwitch=${(/** @type {boolean} */ is) => set({ is_present_only: is })} />
        </div>
      </div>
      ${ending && html`<p class="chair-why" role="status" data-test="conduct-ends"><${Icon} name="triangle-alert" />${_("Sẽ kết thúc lượt của: %(sites)s", { sites: ending })}</p>`}
      ${why && html`<p class="chair-why">${why}</p>`}
    </form>
  <//>`;
}

/**
 * A number out of a few; one that was set elsewhere is among them.
 * @param {object} props
 * @param {string} props.name
 * @param {string} props.legend
 * @param {number[]} props.values
 * @param {number | null} props.value
 * @param {(value: number) => string} props.word
 * @param {string} [props.none] what no number is called
 * @param {(value: any) => void} props.choose
 */
function Choice({ name, legend, values, value, word, none, choose }) {
  const [first] = useState(value);
  const known = first === null || values.includes(first) ? values : [...values, first].sort((a, b) => a - b);
  const options = none === undefined ? known : [null, ...known];
  return html`<fieldset class="field" data-choice=${name}>
    <legend class="label">${legend}</legend>
    <div class="desk-lengths">
      ${options.map(
        (one) => html`<label key=${one} class=${`btn${one === value ? " is-chosen" : ""}`}>
          <input class="sr" type="radio" name=${name} value=${one ?? ""} checked=${one === value} onChange=${() => choose(one)} />${one === null ? none : word(one)}
        </label>`,
      )}
    </div>
  </fieldset>`;
}
