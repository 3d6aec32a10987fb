/** The bar above a desk: the conference, who sits here, how many points are connected, the sound, the clock. */
import { signal } from "@preact/signals";
import { _ } from "../boot.js";
import { clockTime, now } from "../clock.js";
import { ClockWord, Icon, LanguageSwitch, OwnLinkWord } from "../components/index.js";
import { Logo } from "../components/logo.js";
import { html } from "../html.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").Media} Media */

const isListening = signal(false);

/**
 * A desk is silent unless asked: otherwise it would echo in the room where it stands.
 * @param {{media: Media}} props
 */
function ListenButton({ media }) {
  const isOn = isListening.value;
  const listen = () => {
    if (isOn && media.blocked.value) return media.unblock();
    isListening.value = !isOn;
    media.setAudible(isOn ? [] : ["hall", "floor"]);
  };
  return html`<button
    type="button"
    class="btn is-small live-listen"
    aria-pressed=${isOn ? "true" : "false"}
    data-test="listen"
    onClick=${listen}
  >
    <${Icon} name=${isOn ? "volume-2" : "volume-x"} /><span>${isOn && media.blocked.value ? _("Bấm để nghe") : _("Nghe tiếng")}</span>
  </button>`;
}

/** @param {{desk: Desk, media: Media, role: string, onKeys?: () => void, onCommands?: () => void, children?: any}} props */
export function LiveBar({ desk, media, role, onKeys, onCommands, children }) {
  const conference = desk.conference.value;
  const time = new Date(now.value).toISOString();
  const [count, all] = [desk.connected.value.size, desk.sites.value.length];
  const connected = _("%(n)s/%(all)s điểm nối", { n: count, all });
  return html`<header class="livebar">
    <a class="livebar-brand" href="/"><${Logo} /><span class="sr">${_("Về danh sách hội nghị")}</span></a>
    <div class="livebar-title">
      <strong>${conference?.short_title ?? ""}</strong>
      <span>${[role, conference?.note].filter(Boolean).join(" · ")}</span>
    </div>
    ${conference?.is_example && html`<span
      class="badge is-info live-example"
      data-test="example"
    ><${Icon} name="info" />${_("số liệu minh họa")}</span>`}
    <${ClockWord} />
    ${children}
    ${desk.connection.status.value !== "online" && html`<span data-test="own-line"><${OwnLinkWord} connection=${desk.connection} /></span>`}
    <span
      class=${`badge ${count === all ? "is-ok" : "is-warn"}`}
      data-test="connected"
    ><${Icon} name="monitor" /><span>${connected}</span></span>
    <${ListenButton} media=${media} />
    ${
      onCommands &&
      html`<button
        type="button"
        class="btn is-icon is-ghost live-keys"
        aria-label=${_("Tìm việc cần làm")}
        aria-keyshortcuts="Control+K"
        title="Ctrl K"
        data-test="commands-open"
        onClick=${onCommands}
      ><${Icon} name="search" /></button>`
    }
    ${
      onKeys &&
      html`<button
        type="button"
        class="btn is-icon is-ghost live-keys"
        aria-label=${_("Phím tắt và âm báo")}
        data-test="keys-open"
        onClick=${onKeys}
      ><${Icon} name="circle-help" /></button>`
    }
    <${LanguageSwitch} />
    <time class="livebar-clock num" datetime=${time} data-test="clock">${clockTime(now.value)}</time>
  </header>`;
}
