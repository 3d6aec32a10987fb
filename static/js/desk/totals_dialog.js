/** How long each site and each body has spoken, and who has not been heard yet; it reorders nothing by itself (rule 25). */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { duration, now, spokenMs } from "../clock.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { whyNotLive } from "./reasons.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").Speech} Speech */
/** @typedef {{key: string | number, name: string, speeches: number, spoken_ms: number, quota_left_ms?: number | null}} Total */

const QUOTA_STEP_SECONDS = 300;

/** Opens the dialog. @param {{desk: Desk, acts: ChairActs}} props */
export function TotalsButton({ desk, acts }) {
  const label = _("Thời gian phát biểu của từng điểm cầu, từng cơ quan");
  return html`<button
    type="button"
    class="btn is-icon is-ghost"
    aria-label=${label}
    title=${label}
    data-test="totals-open"
    onClick=${() => (acts.dialog.value = { name: "totals" })}
  >
    <${Icon} name="timer" />
  </button>`;
}

/**
 * What runs now on top of what is booked.
 * @param {Speech[]} holders
 * @param {(speech: Speech) => boolean} isMeant
 */
function runningMs(holders, isMeant) {
  return holders.filter(isMeant).reduce((sum, speech) => sum + spokenMs(speech, now.value) - speech.spoken_ms, 0);
}

/** Who spoke longest comes first; the silent ones stay in the conference's order. @param {Total[]} rows */
const sorted = (rows) => [...rows].sort((a, b) => b.spoken_ms - a.spoken_ms);

/** @param {{desk: Desk, close: () => void}} props */
export function TotalsDialog({ desk, close }) {
  const totals = desk.connection.deskPart.value?.totals ?? { sites: [], bodies: [] };
  const holders = desk.holders.value;
  const sites = totals.sites.map(({ site_id: id, speeches, spoken_ms, quota_left_ms }) => {
    const more = runningMs(holders, (speech) => speech.site_id === id);
    const left = quota_left_ms === null ? null : quota_left_ms - more;
    return { key: id, name: desk.siteName(id), speeches, spoken_ms: spoken_ms + more, quota_left_ms: left };
  });
  const bodies = totals.bodies.map(({ body, speeches, spoken_ms }) => {
    const more = runningMs(holders, (speech) => (speech.body ?? "") === body);
    return { key: body, name: body || _("Không ghi cơ quan"), speeches, spoken_ms: spoken_ms + more };
  });
  const silent = desk.sites.value.filter((site) => desk.notYetHeard.value.has(site.id));
  const silentWords = _("Chưa phát biểu (%(n)s):", { n: silent.length });
  const names = silent.map((site) => site.short_name).join(", ");
  return html`<${Dialog}
    title=${_("Thời gian phát biểu")}
    onClose=${close}
    test="totals"
    actions=${html`<button type="button" class="btn" onClick=${close}>${_("Đóng")}</button>`}
  >
    <div class="desk-totals" tabindex="0" role="group" aria-label=${_("Thời gian phát biểu")}>
      <p data-test="not-heard"><strong>${silentWords}</strong> <span class="muted">${names || _("không có")}</span></p>
      <${Table} desk=${desk} head=${_("Điểm cầu")} rows=${sorted(sites)} hasQuota=${desk.settings.value?.site_quota_seconds != null} />
      ${bodies.length > 0 && html`<${Table} desk=${desk} head=${_("Cơ quan, đơn vị")} rows=${sorted(bodies)} hasQuota=${false} />`}
    </div>
  <//>`;
}

/** @param {{desk: Desk, head: string, rows: Total[], hasQuota: boolean}} props */
function Table({ desk, head, rows, hasQuota }) {
  const canAdd = hasQuota && desk.isChairing.value;
  return html`<table class="table">
    <thead>
      <tr>
        <th scope="col">${head}</th>
        <th scope="col" class="n">${_("Lượt")}</th>
        <th scope="col" class="n">${_("Đã nói")}</th>
        ${hasQuota && html`<th scope="col" class="n">${_("Còn lại")}</th>`}
        ${canAdd && html`<th scope="col"><span class="sr">${_("Thêm giờ")}</span></th>`}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) => html`<tr key=${row.key} class=${row.speeches ? "" : "is-none"}>
          <th scope="row">${row.name}</th>
          <td class="n num">${row.speeches}</td>
          <td class="n num">${row.speeches ? duration(row.spoken_ms) : "–"}</td>
          ${hasQuota && html`<td class=${`n num${(row.quota_left_ms ?? 0) < 0 ? " t-bad" : ""}`}>${signed(row.quota_left_ms ?? 0)}</td>`}
          ${canAdd && html`<td><${AddQuota} desk=${desk} siteId=${Number(row.key)} /></td>`}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** @param {number} ms */
const signed = (ms) => (ms < 0 ? `−${duration(-ms)}` : duration(ms));

/** @param {{desk: Desk, siteId: number}} props */
function AddQuota({ desk, siteId }) {
  const add = useMemo(
    () =>
      createAct(
        () => whyNotLive(desk),
        () => desk.connection.command("add_quota", { site_id: siteId, seconds: QUOTA_STEP_SECONDS }),
        0,
      ),
    [siteId],
  );
  const label = _("Thêm 5 phút cho %(site)s", { site: desk.siteName(siteId) });
  return html`<${ActButton} act=${add} icon="plus" className="is-small" label=${label} test="add-quota">${_("5 phút")}<//>`;
}
