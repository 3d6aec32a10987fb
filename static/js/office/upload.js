// Sends files one after the other with a bar for each. What cannot be taken is told before a byte is sent; nothing else on the page is lost.

import { _ } from "../boot.js";

const form = document.getElementById("upload");
const field = document.getElementById("file");
const list = form?.querySelector(".paper-progress");
const MEGABYTE = 1024 * 1024;

/**
 * A row of the list: the file's name, a bar, what became of it.
 * @param {string} name
 */
function addRow(name) {
  const row = document.createElement("li");
  const label = document.createElement("span");
  const bar = document.createElement("progress");
  const words = document.createElement("small");
  const stop = document.createElement("button");
  label.textContent = name;
  bar.className = "bar is-gold";
  bar.max = 100;
  bar.setAttribute("aria-label", name);
  stop.type = "button";
  stop.className = "btn is-small is-ghost";
  stop.textContent = _("Thôi");
  row.append(label, bar, words, stop);
  list?.append(row);
  /** @param {string} text @param {boolean} isBad */
  const end = (text, isBad) => {
    bar.remove();
    stop.remove();
    words.textContent = text;
    row.className = isBad ? "is-bad" : "is-ok";
  };
  return { bar, words, stop, end };
}

/**
 * Whether the file has arrived.
 * @param {HTMLFormElement} target
 * @param {File} file
 * @returns {Promise<boolean>}
 */
function send(target, file) {
  const row = addRow(file.name);
  const largest = Number(target.dataset.largest);
  if (file.size > largest * MEGABYTE) {
    const size = Math.ceil(file.size / MEGABYTE);
    row.end(_("Tệp lớn quá (%(size)s MB): mỗi tệp tối đa %(count)s MB.", { size, count: largest }), true);
    return Promise.resolve(false);
  }
  const body = new FormData(target);
  body.delete("file");
  body.append("file", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch() tells no progress of what it sends
    const end = (/** @type {string} */ text, /** @type {boolean} */ isGood) => {
      row.end(text, !isGood);
      resolve(isGood);
    };
    request.open("POST", target.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      row.bar.value = total ? (100 * loaded) / total : 0;
      row.words.textContent = loaded < total ? `${Math.floor((100 * loaded) / total)} %` : _("Đang kiểm tra tệp…");
    });
    request.addEventListener("load", () => {
      const told = request.response?.message;
      if (request.status === 200) end(told ?? "", true);
      else end(told ?? _("Máy chủ không nhận tệp này. Hãy tải lại trang rồi thử lại."), false);
    });
    request.addEventListener("error", () => end(_("Mất kết nối khi đang gửi. Hãy thử lại."), false));
    request.addEventListener("abort", () => end(_("Đã thôi."), false));
    row.stop.addEventListener("click", () => request.abort());
    request.send(body);
  });
}

/**
 * @param {HTMLFormElement} target
 * @param {File[]} files
 */
async function sendAll(target, files) {
  let arePerfect = files.length > 0;
  for (const file of files) arePerfect = (await send(target, file)) && arePerfect;
  if (field instanceof HTMLInputElement) field.value = "";
  if (arePerfect) location.reload();
  else if (list?.querySelector(".is-ok")) offerReload();
}

function offerReload() {
  const again = document.createElement("a");
  again.href = location.href;
  again.className = "btn is-small";
  again.textContent = _("Xem danh sách mới");
  list?.after(again);
}

if (form instanceof HTMLFormElement && field instanceof HTMLInputElement) {
  const pick = document.getElementById("pick");
  if (pick) pick.hidden = false;
  form.classList.add("is-scripted");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void sendAll(form, [...(field.files ?? [])]);
  });
  if (field.multiple) {
    const sendChosen = () => void sendAll(form, [...(field.files ?? [])]);
    field.addEventListener("change", sendChosen);
    if (field.files?.length) sendChosen(); // chosen before this script was there
  }
  const drop = form.querySelector(".drop");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"])
    document.addEventListener(name, (event) => {
      if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // a file dropped beside the field must not replace the page
      drop?.classList.toggle("is-over", name === "dragenter" || name === "dragover");
      if (name === "drop" && drop) void sendAll(form, [...event.dataTransfer.files]);
    });
}
