/** Names and words that several pages make in the same way from the parts. */

import { _, boot } from "./boot.js";
import { dateOf } from "./clock.js";

/** @typedef {import("./types").PublicPart} PublicPart */
/** @typedef {import("./types").Site} Site */
/** @typedef {import("./types").Speech} Speech */

/**
 * @param {PublicPart} part
 * @param {number | null | undefined} id
 * @returns {Site | undefined}
 */
export function siteOf(part, id) {
  return part.sites.find((site) => site.id === id);
}

/** @param {PublicPart} part */
export function presidingSite(part) {
  return siteOf(part, part.conference.presiding_site_id) ?? part.sites.find((site) => site.kind === "hall");
}

/**
 * "Điểm cầu Huyện Vĩnh Hưng", but "Hội trường tỉnh".
 * @param {Site | undefined} site
 */
export function siteTitle(site) {
  if (!site) return "";
  return site.kind === "hall" ? site.name : _("Điểm cầu %(name)s", { name: site.name });
}

/**
 * What a shared picture is: "Màn hình: Điểm cầu Huyện Vĩnh Hưng".
 * @param {import("./types").ShareSource} source
 * @param {Site | undefined} site
 */
export function shareWords(source, site) {
  const name = siteTitle(site);
  return source === "screen" ? _("Màn hình: %(site)s", { site: name }) : _("Camera thứ hai: %(site)s", { site: name });
}

/** @param {PublicPart} part */
export function currentItem(part) {
  return part.agenda.find((item) => item.id === part.current_item_id);
}

/**
 * The large name of a lower third: the person's name if it is known, else the role.
 * @param {{who: string, name: string | null}} person
 */
export function headline(person) {
  return person.name || person.who;
}

/**
 * The second line's first half: the site, with the role before it when the headline is a name.
 * @param {{who: string, name: string | null}} person
 * @param {Site | undefined} site
 */
export function underline(person, site) {
  return person.name ? `${person.who} · ${siteTitle(site)}` : siteTitle(site);
}

/**
 * "ngày 16 tháng 7 năm 2020"
 * @param {string} iso
 */
export function longDate(iso) {
  const { day, month, year } = dateOf(iso);
  if (boot.lang === "en")
    return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: boot.timezone }).format(
      new Date(iso),
    );
  return _("ngày %(day)s tháng %(month)s năm %(year)s", { day, month, year });
}

/**
 * How long until `ms` have passed: "còn 8 phút", "còn 40 giây"; "" when it is over.
 * @param {number} ms
 */
export function untilWords(ms) {
  if (ms <= 0) return "";
  if (ms < 60000) return _("còn %(n)s giây", { n: Math.ceil(ms / 1000) });
  const minutes = Math.ceil(ms / 60000);
  if (minutes < 120) return _("còn %(n)s phút", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? _("còn %(n)s giờ", { n: hours }) : _("còn %(n)s ngày", { n: Math.floor(hours / 24) });
}

/**
 * "5 phút", "2 phút 30 giây"
 * @param {number} seconds
 */
export function limitWords(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (!rest) return _("%(n)s phút", { n: minutes });
  return minutes
    ? _("%(minutes)s phút %(seconds)s giây", { minutes, seconds: rest })
    : _("%(n)s giây", { n: rest });
}

/**
 * The title card's two parts: the official opening words as a small line, the rest large.
 * @param {string} title
 */
export function splitTitle(title) {
  const whole = title.replace(/(\d) (?=\p{L})/gu, "$1\u00a0"); // "6 tháng" stays on one line
  const kind = /^(Hội nghị trực tuyến|Hội nghị)\s+/u.exec(whole);
  if (!kind) return { kind: "", title: whole };
  const rest = whole.slice(kind[0].length);
  return { kind: kind[1], title: rest.charAt(0).toLocaleUpperCase("vi") + rest.slice(1) };
}

/**
 * A note of the office as a line of its own: with a capital letter.
 * @param {string} text
 */
export function asSentence(text) {
  return text.charAt(0).toLocaleUpperCase(boot.lang) + text.slice(1);
}

const oneDecimal = new Intl.NumberFormat(boot.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** With one decimal place. @param {number} value */
export function decimal(value) {
  return oneDecimal.format(value);
}

/** @param {number} kbps */
export function megabits(kbps) {
  return decimal(kbps / 1000);
}

/**
 * How many items there are, sub-items not counted.
 * @param {{number: string}[]} agenda
 */
export function itemTotal(agenda) {
  return agenda.filter((item) => !item.number.includes(".")).length;
}

/**
 * Whose name belongs to the large picture: of several speakers the one whose picture stands there, else the one granted last.
 * @param {PublicPart} part
 * @returns {Speech | null}
 */
export function seenSpeech({ holders, floor, stage }) {
  return holders.findLast((speech) => speech.site_id === stage.floor_site_id) ?? floor;
}

/**
 * "Mục 5/9"
 * @param {PublicPart} part
 */
export function itemCount(part) {
  const item = currentItem(part);
  return item ? _("Mục %(n)s/%(total)s", { n: item.number, total: itemTotal(part.agenda) }) : "";
}

/** @param {{requested_at: string}} request @param {number} at ms */
export function waitingWords(request, at) {
  const minutes = Math.floor((at - Date.parse(request.requested_at)) / 60000);
  return minutes < 1 ? _("Vừa đăng ký") : _("Chờ %(n)s phút", { n: minutes });
}
