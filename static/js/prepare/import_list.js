/** A list from a file: sent, read by the server, shown with what is wrong in it, then put in as a whole. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { toast } from "../components/toasts.js";
import { html } from "../html.js";

const ASK_MS = 500;
const ENDED = ["done", "failed"];

/** @param {{job: any}} props */
function Progress({ job }) {
  return html`<div class="job"><p class="job-words" role="status"><strong>${job.state_words}</strong> ${job.words}</p>${job.state !== "failed" && html`<progress class="bar" aria-label=${_("Tiến độ")} max=${job.total || undefined} value=${job.total ? job.done : undefined}></progress>`}</div>`;
}

/** @param {{preview: any}} props */
function Problems({ preview }) {
  const count = _("Còn %(count)d chỗ cần sửa nên chưa nhập được.", { count: preview.problem_count });
  return html`<p class="field-error"><${Icon} name="circle-alert" />${count}</p>
    <div class="table-scroll import-box" tabindex="0"><table class="table import-problems"><thead><tr><th scope="col" class="n">${_("Dòng")}</th><th scope="col">${_("Cột")}</th><th scope="col">${_("Sai ở đâu")}</th><th scope="col">${_("Cách sửa")}</th></tr></thead>
    <tbody>${preview.problems.map((/** @type {any} */ problem, /** @type {number} */ at) => html`<tr key=${at}><td class="n">${problem.line || "–"}</td><td>${problem.column || "–"}</td><td>${problem.what}</td><td class="muted">${problem.remedy}</td></tr>`)}</tbody></table></div>`;
}

/** @param {{preview: any}} props */
function Sample({ preview }) {
  const fields = preview.fields.filter((/** @type {any} */ field) => field.name in preview.columns);
  return html`<div class="table-scroll import-box" tabindex="0"><table class="table import-sample"><caption class="sr">${_("Các dòng đầu của tệp")}</caption><thead><tr><th scope="col" class="n">${_("Dòng")}</th>${fields.map((/** @type {any} */ field) => html`<th scope="col" key=${field.name}>${field.label}</th>`)}</tr></thead>
    <tbody>${preview.sample.map((/** @type {any} */ row) => html`<tr key=${row.line}><td class="n">${row.line}</td>${fields.map((/** @type {any} */ field) => html`<td key=${field.name}>${row.cells[preview.columns[field.name]] ?? ""}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** @param {{preview: any}} props */
function Columns({ preview }) {
  const label = (/** @type {any} */ one) => (one.label ? `${one.letter}: ${one.label}` : one.letter);
  return html`<details open=${!preview.is_complete}><summary>${_("Ghép cột")}</summary><div class="prepare-form">
    ${preview.fields.map((/** @type {any} */ field) => html`<div class="field" key=${field.name}><label for=${`column-${field.name}`}>${field.label}</label><select class="input" id=${`column-${field.name}`} name=${`column-${field.name}`}><option value="">${_("không có")}</option>${preview.labels.map((/** @type {any} */ one, /** @type {number} */ at) => html`<option key=${at} value=${at} selected=${preview.columns[field.name] === at}>${label(one)}</option>`)}</select></div>`)}
    <div class="form-end is-wide"><button class="btn" type="submit" name="act" value="look"><${Icon} name="refresh-cw" />${_("Xem lại với các cột này")}</button></div></div></details>`;
}

/** @param {{preview: any}} props */
function Duplicates({ preview }) {
  if (!preview.duplicate_count) return null;
  const title = _("%(count)d dòng trùng người đã có", { count: preview.duplicate_count });
  const choices = [
    ["merge", _("Gộp: cập nhật người đã có")],
    ["skip", _("Bỏ qua các dòng trùng")],
    ["add", _("Vẫn thêm như người khác")],
  ];
  return html`<fieldset class="import-duplicates"><legend>${title}</legend>${choices.map(([word, text]) => html`<label class="check" key=${word}><input type="radio" name="duplicates" value=${word} defaultChecked=${word === "merge"} />${text}</label>`)}</fieldset>`;
}

/** @param {{page: import("./page.js").Page, onClose: () => void}} props */
export function ImportDialog({ page, onClose }) {
  const job = useSignal(/** @type {any} */ (null));
  const error = useSignal("");
  const isShown = useRef(true);
  useEffect(() => () => void (isShown.current = false), []);

  /** @param {import("./seat.js").Answer} answer */
  async function follow(answer) {
    error.value = answer.ok ? "" : answer.message;
    if (!answer.ok) return;
    job.value = answer.body;
    while (isShown.current && !ENDED.includes(job.value.state)) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      const told = await page.ask(`/seat/lists/${job.value.id}`);
      if (told.ok) job.value = told.body;
    }
    if (job.value.kind !== "import_list" || job.value.state !== "done") return;
    await page.send("/seat/preparation", "GET");
    const { added, changed, skipped } = job.value.result;
    toast(_("Đã thêm %(added)d, cập nhật %(changed)d, bỏ qua %(skipped)d dòng.", { added, changed, skipped }), { kind: "ok" });
    onClose();
  }
  /** @param {SubmitEvent} event */
  async function upload(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    await follow(await page.ask("/seat/lists", "POST", form));
  }
  /** @param {SubmitEvent} event */
  async function goOn(event) {
    event.preventDefault();
    const sent = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget), event.submitter);
    await follow(await page.ask(`/seat/lists/${job.value.id}`, "POST", Object.fromEntries(sent)));
  }
  const preview = job.value?.preview;
  const isAtWork = job.value && !preview;
  const importWords = preview && _("Nhập %(count)d dòng", { count: preview.good });
  return html`<${Dialog} title=${_("Nhập danh sách đại biểu")} onClose=${onClose} test="import">
    ${error.value && html`<p class="field-error" role="alert"><${Icon} name="circle-alert" />${error.value}</p>`}
    ${isAtWork && html`<${Progress} job=${job.value} />`}
    ${preview && html`<form class="stack" key=${job.value.id} onSubmit=${goOn}>
        ${preview.problem_count > 0 ? html`<${Problems} preview=${preview} />` : html`<${Sample} preview=${preview} /><${Duplicates} preview=${preview} />`}
        <${Columns} preview=${preview} />
        <div class="form-end">${preview.problem_count === 0 && html`<button class="btn is-primary" type="submit" name="act" value="import" disabled=${!preview.good}><${Icon} name="check" />${importWords}</button>`}</div>
      </form>`}
    ${(!job.value || ENDED.includes(job.value.state)) && html`<form class="stack" onSubmit=${upload}>
        <div class="field"><label for="file">${_("Tệp Excel (.xlsx) hoặc .csv")}</label><input class="input" id="file" name="file" type="file" accept=".xlsx,.csv,.txt" required /></div>
        <div class="form-end"><button class="btn" type="button" onClick=${onClose}>${_("Thôi")}</button><button class=${`btn${preview ? "" : " is-primary"}`} type="submit"><${Icon} name="upload" />${_("Đọc tệp")}</button></div>
      </form>`}
  <//>`;
}
