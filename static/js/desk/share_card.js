/** What the points offer to show, at a desk: *Chiếu* and *Thôi chiếu*, and the picture that is shown. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon, VideoTile } from "../components/index.js";
import { html } from "../html.js";
import { shareWords } from "../words.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { whyOffline } from "./reasons.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").Media} Media */
/** @typedef {import("../types").DeskPart["shares"][number]} OfferedShare */

/** Why a share cannot be shown now. @param {Desk} desk @param {OfferedShare} share */
function whyNotShow(desk, share) {
  const offline = whyOffline(desk);
  if (offline) return offline;
  const status = desk.conference.value?.status;
  if (status === "doors_open") return _("Chiếu được từ khi khai mạc.");
  if (status === "suspended") return _("Hội nghị đang giải lao.");
  return desk.connected.value.has(share.site_id) ? null : _("Điểm cầu mất kết nối");
}

/** @param {Desk} desk @param {number} siteId */
export function createShow(desk, siteId) {
  const find = () => desk.connection.deskPart.value?.shares.find((share) => share.site_id === siteId);
  return createAct(
    () => {
      const share = find();
      return share ? whyNotShow(desk, share) : whyOffline(desk);
    },
    () => desk.connection.command("show_share", { site_id: siteId }),
  );
}

/** @param {Desk} desk */
export function createHide(desk) {
  return createAct(
    () => whyOffline(desk),
    () => desk.connection.command("hide_share"),
  );
}

/** Nothing while nobody offers anything. @param {{desk: Desk, acts: ChairActs, media: Media}} props */
export function ShareCard({ desk, acts, media }) {
  const shares = desk.connection.deskPart.value?.shares ?? [];
  const waiting = shares.filter((share) => !share.is_shown);
  const told = waiting.map((share) => _("%(site)s chia sẻ hình", { site: desk.siteName(share.site_id) })).join(". ");
  const shown = shares.find((share) => share.is_shown);
  return html`<p class="sr" role="status">${told}</p>
    ${
      shares.length > 0 &&
      html`<section class="panel desk-shares" aria-labelledby="h-shares" data-test="shares">
        <div class="panel-head">
          <${Icon} name="screen-share" />
          <h2 id="h-shares">${_("Hình chia sẻ")}</h2>
          ${shown && html`<span class="badge is-live push"><${Icon} name="presentation" />${_("Đang chiếu")}</span>`}
        </div>
        <div class="panel-body">
          ${shares.map(
            (share) =>
              html`<${Row} key=${share.site_id} desk=${desk} share=${share}>
                ${
                  share.is_shown &&
                  html`<button type="button" class="desk-share-picture" aria-label=${_("Xem lớn hình đang chiếu")} data-test="share-enlarge" onClick=${() => (acts.dialog.value = { name: "share" })}>
                    <${SharePicture} desk=${desk} media=${media} test="paper-video" />
                  </button>`
                }
              <//>`,
          )}
        </div>
      </section>`
    }`;
}

/** @param {{desk: Desk, media: Media, test: string}} props */
function SharePicture({ desk, media, test }) {
  const share = desk.stage.value?.share;
  return html`<${VideoTile}
    track=${media.streams.value.paper.video}
    subject=${share?.site_id}
    className="is-paper"
    test=${test}
    label=${share ? shareWords(share.source, desk.siteById.value.get(share.site_id)) : ""}
  />`;
}

/** @param {{desk: Desk, share: OfferedShare, children?: any}} props `children`: the picture */
function Row({ desk, share, children }) {
  const id = share.site_id;
  const [show, hide] = useMemo(() => [createShow(desk, id), createHide(desk)], [id]);
  const site = desk.siteName(id);
  const word = share.source === "screen" ? _("Màn hình") : _("Camera thứ hai");
  const why = share.is_shown ? null : show.why();
  return html`<div class=${`desk-share${share.is_shown ? " is-shown" : ""}`} data-site=${id} data-test="share">
    ${children}
    <p><strong>${site}</strong><span class="muted">${word}</span></p>
    ${
      share.is_shown
        ? html`<${ActButton} act=${hide} icon="x" className="is-danger-line" test="share-hide">${_("Thôi chiếu")}<//>`
        : html`<${ActButton} act=${show} icon="presentation" test="share-show" label=${_("Chiếu hình của %(site)s", { site })}>${_("Chiếu")}<//>`
    }
    ${why && html`<p class="chair-why">${why}</p>`}
  </div>`;
}

/** The shown picture as large as the window. @param {{desk: Desk, media: Media, close: () => void}} props */
export function ShareDialog({ desk, media, close }) {
  const share = desk.stage.value?.share;
  const title = share ? shareWords(share.source, desk.siteById.value.get(share.site_id)) : _("Hình chia sẻ");
  return html`<${Dialog}
    title=${title}
    onClose=${close}
    test="share-dialog"
    actions=${html`<button type="button" class="btn is-primary" data-test="dialog-no" onClick=${close}>${_("Đóng")}</button>`}
  >
    ${share ? html`<div class="desk-share-large"><${SharePicture} desk=${desk} media=${media} test="paper-large" /></div>` : html`<p class="muted">${_("Không có hình chia sẻ nào đang chiếu.")}</p>`}
  <//>`;
}
