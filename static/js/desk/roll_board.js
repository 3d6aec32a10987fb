/** Attendance and line of every point, one row each; a row opens to mark its delegates. */
import { _ } from "../boot.js";
import { now } from "../clock.js";
import { Icon, LinkWord, linkWord } from "../components/index.js";
import { html } from "../html.js";
import { lineWords, pictureWords, soundWords } from "./line_words.js";
import { QuorumLine } from "./roll_dialog.js";
import { markOf, SiteRoll } from "./site_roll.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../types").DeskRoll} DeskRoll */
/** @typedef {import("../types").Site} Site */

/**
 * How many are there: the head count once the site has reported one, else those marked present.
 * @param {DeskRoll} roll
 */
export function presentCount(roll) {
  return roll.head_count ?? roll.present + roll.substitute;
}

/**
 * @param {object} props
 * @param {Desk} props.desk
 * @param {Set<number>} props.asking sites whose second tab asks for the seat
 * @param {(siteId: number) => void} props.onAllow
 * @param {import("@preact/signals").Signal<number | null>} props.open the site whose roll is open
 * @param {() => void} props.onWhole shows the roll of the whole conference
 * @param {(siteId: number) => void} props.onLine shows what happened to the site's line
 */
export function RollBoard({ desk, asking, open, onAllow, onWhole, onLine }) {
  const rolls = new Map(desk.roll.value.map((roll) => [roll.site_id, roll]));
  const sum = (/** @type {(roll: DeskRoll) => number} */ read) =>
    desk.roll.value.reduce((total, roll) => total + read(roll), 0);
  const [present, expected] = [sum(presentCount), sum((roll) => roll.expected)];
  const confirmed = desk.roll.value.filter((roll) => roll.checked_at).length;
  const whole = _("Tổng hợp điểm danh, lời công bố, chốt điểm danh");
  const presentWords = _("%(present)s/%(expected)s có mặt", { present, expected });
  const confirmedWords = _("%(n)s/%(all)s xác nhận", { n: confirmed, all: desk.sites.value.length });
  return html`<section class="panel desk-board" aria-labelledby="h-board" data-test="board">
    <div class="panel-head">
      <h2 id="h-board">${_("Điểm danh và đường truyền")}</h2>
      <span class="badge push num" data-test="present"><${Icon} name="users" />${presentWords}</span>
      <span class="badge num" data-test="confirmed"><${Icon} name="user-check" />${confirmedWords}</span>
      <button
        type="button"
        class="btn is-icon is-ghost"
        title=${whole}
        aria-label=${whole}
        data-test="roll-open"
        onClick=${onWhole}
      ><${Icon} name="clipboard-list" /></button>
    </div>
    <${QuorumLine} desk=${desk} />
    <div class="desk-scroll">
      <table class="table desk-table">
        <thead>
          <tr>
            <th scope="col">${_("Điểm cầu")}</th>
            <th scope="col" class="n">${_("Có mặt")}</th>
            <th scope="col" class="m">${_("Hình")}</th>
            <th scope="col" class="m">${_("Tiếng")}</th>
            <th scope="col">${_("Đường truyền")}</th>
            <th scope="col"><span class="sr">${_("Điểm danh")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${desk.sites.value.map(
            (site) =>
              html`<${SiteRow}
                key=${site.id}
                desk=${desk}
                site=${site}
                roll=${rolls.get(site.id) ?? null}
                isAsking=${asking.has(site.id)}
                onAllow=${onAllow}
                onLine=${onLine}
                isOpen=${open.value === site.id}
                onToggle=${() => (open.value = open.value === site.id ? null : site.id)}
              />`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/**
 * @param {{desk: Desk, site: Site, roll: DeskRoll | null, isAsking: boolean, onAllow: (siteId: number) => void,
 *   onLine: (siteId: number) => void, isOpen: boolean, onToggle: () => void}} props
 */
function SiteRow({ desk, site, roll, isAsking, onAllow, onLine, isOpen, onToggle }) {
  const presence = desk.presenceOf(site.id);
  const lost = desk.lostSince.value.get(site.id);
  const line = lineWords(presence, lost === undefined ? null : now.value - Date.parse(lost));
  const picture = pictureWords(presence);
  const sound = soundWords(presence);
  const quality = line.state === "online" ? desk.qualityOf(site.id) : null;
  const rtt = quality && quality !== "lost" ? desk.figuresOf(site.id)?.rtt_ms : null;
  const rttWord = typeof rtt === "number" && _("%(n)s ms", { n: rtt });
  const lineWord = quality ? linkWord(quality) : line.word;
  const isFloor = desk.floor.value?.site_id === site.id;
  const isNext = desk.next.value?.site_id === site.id;
  const kind = isFloor
    ? "is-floor"
    : line.state === "lost"
      ? "is-bad"
      : line.state === "connecting" || quality === "weak" || quality === "lost" || presence?.fault
        ? "is-warn"
        : "";
  const present = roll ? presentCount(roll) : 0;
  const mark = roll ? markOf(roll) : null;
  const [toggle, history, asks] = [
    _("Điểm danh %(site)s", { site: site.name }),
    _("Nhật ký đường truyền của %(site)s:", { site: site.name }),
    _("Một máy khác xin thay máy của %(site)s.", { site: site.name }),
  ];
  return html`
    <tr class=${kind} data-site=${site.id} data-link=${line.state} data-quality=${quality ?? undefined}>
      <th scope="row"><span class="desk-name"><span title=${site.name}>${site.name}</span>
        ${isFloor && html` <span class="desk-mark is-live"><${Icon} name="mic" /><span class="sr">${_("đang phát biểu")}</span></span>`}
        ${isNext && html` <span class="desk-mark is-gold"><${Icon} name="hand" /><span class="sr">${_("tiếp theo")}</span></span>`}
      </span></th>
      <td class="n">
        ${mark && html`<span class=${mark.className} title=${mark.words}><${Icon} name=${mark.icon} /><span class="sr">${mark.words}</span></span>`}
        ${present}/${roll?.expected ?? 0}
      </td>
      <td class="m"><span class=${picture.className}>${picture.word}</span></td>
      <td class="m"><span class=${sound.className}>${sound.word}</span></td>
      <td>
        ${
          line.state === "never"
            ? html`<span class="muted">${line.word}</span>`
            : html`<button
              type="button"
              class="link-button"
              data-test="line-open"
              onClick=${() => onLine(site.id)}
            >
              <span class="sr">${history}${" "}</span>
              <${LinkWord} state=${quality ?? line.state} word=${lineWord} />
              ${rttWord && html`<small class="num muted">${rttWord}</small>`}
            </button>`
        }
      </td>
      <td class="n">
        <button
          type="button"
          class="btn is-icon is-ghost"
          aria-expanded=${isOpen ? "true" : "false"}
          aria-label=${toggle}
          data-test="roll-toggle"
          onClick=${onToggle}
        >
          <${Icon} name=${isOpen ? "chevron-up" : "chevron-down"} />
        </button>
      </td>
    </tr>
    ${
      isAsking &&
      html`<tr class="is-warn desk-asking" data-test="takeover">
      <td colspan="6">
        <${Icon} name="triangle-alert" />
        <span class="grow">${asks}</span>
        <button
          type="button"
          class="btn is-small"
          data-test="allow-takeover"
          onClick=${() => onAllow(site.id)}
        >${_("Cho chuyển máy")}</button>
      </td>
    </tr>`
    }
    ${isOpen && html`<tr class="desk-open"><td colspan="6">${roll ? html`<${SiteRoll}
      desk=${desk}
      roll=${roll}
      fault=${picture.detail}
    />` : html`<p class="muted">${_("Chưa có danh sách đại biểu.")}</p>`}</td></tr>`}
  `;
}
