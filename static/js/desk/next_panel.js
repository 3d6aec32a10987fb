/** Who is invited next, whether the site is ready, and the one golden button. */
import { _ } from "../boot.js";
import { Icon, LinkWord, VideoTile } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { SpeakersSite } from "./now_panel.js";
import { whyNotLive, whyNotPrepare } from "./reasons.js";
import { personLine } from "./words.js";
import { useMemo } from "preact/hooks";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */
/** @typedef {import("../types").Media} Media */

/** @param {{desk: Desk, acts: ChairActs, media: Media}} props */
export function NextPanel({ desk, acts, media }) {
  const entry = desk.next.value ?? desk.queue.value[0] ?? null;
  const reason = acts.next.why();
  return html`<section class="panel chair-next" aria-labelledby="h-next" data-test="next">
    ${
      entry
        ? html`<div class="chair-who is-small">
            <${NextPicture} desk=${desk} media=${media} entry=${entry} />
            <div>
              <h2 class="eyebrow chair-gold" id="h-next"><${Icon} name="hand" />${_("Tiếp theo")}</h2>
              <${SpeakersSite} name=${desk.siteName(entry.site_id)} className="is-2" />
              <p class="chair-role is-2" title=${personLine(entry)}>${personLine(entry)}</p>
              <p class="muted chair-topic" title=${entry.topic}>${entry.topic}</p>
            </div>
          </div>
          <${Readiness} desk=${desk} acts=${acts} entry=${entry} />`
        : html`<div class="empty is-slim">
          <${Icon} name="hand" />
          <h2 id="h-next"><strong>${_("Chưa có ai đăng ký")}</strong></h2>
        </div>`
    }
    <div class="chair-go">
      <${ActButton}
        act=${acts.next}
        icon="skip-forward"
        className="is-primary is-xl is-block chair-invite"
        test="grant-next"
        keys="N"
      >
        ${_("Mời người tiếp theo")}
      <//>
      ${reason && html`<p class="chair-why" data-test="grant-next-reason">${reason}</p>`}
    </div>
  </section>`;
}

/** @param {{desk: Desk, media: Media, entry: WaitingRequest}} props */
function NextPicture({ desk, media, entry }) {
  const isHall = entry.site_id === desk.conference.value?.presiding_site_id;
  const isShown = isHall || desk.stage.value?.next_site_id === entry.site_id;
  const track = isShown ? media.streams.value[isHall ? "hall" : "next"].video : null;
  // Another site, or no picture yet: begin with an empty tile rather than with somebody else's last frame.
  return html`<${VideoTile}
    key=${`${entry.site_id} ${track ? "live" : "none"}`}
    track=${track}
    test="next-video"
    label=${desk.siteName(entry.site_id)}
    message=${track ? undefined : html`<${Icon} name="video-off" /><small>${_("Chưa có hình")}</small>`}
  />`;
}

/** @param {{desk: Desk, acts: ChairActs, entry: WaitingRequest}} props */
function Readiness({ desk, acts, entry }) {
  const prepare = useMemo(
    () =>
      createAct(
        () => whyNotPrepare(desk, entry),
        () => acts.prepare(entry.request_id),
      ),
    [entry.request_id, entry.prepared_at, entry.is_connected],
  );
  if (!entry.is_connected)
    return html`<p class="chair-ready"><${LinkWord} state="lost" word=${_("Điểm cầu mất kết nối")} /></p>`;
  if (!entry.prepared_at && whyNotLive(desk)) return null;
  const weak = desk.isWeak(entry.site_id) && html`<${LinkWord} state="weak" word=${_("Đường truyền yếu")} />`;
  if (!entry.prepared_at)
    return html`<div class="chair-ready">
      ${weak}
      <${ActButton} act=${prepare} icon="bell" className="is-block" test="prepare">${_("Báo chuẩn bị")}<//>
    </div>`;
  return html`<p class="chair-ready" data-test="readiness">
    ${weak}
    <span><${Icon} name="check" />${_("Đã báo chuẩn bị")}</span>
    ${
      entry.is_devices_confirmed
        ? html`<span><${Icon} name="check" />${_("Hình và tiếng tốt")}</span>`
        : html`<span class="is-waiting"><${Icon} name="hourglass" />${_("Chờ điểm cầu xác nhận")}</span>`
    }
  </p>`;
}
