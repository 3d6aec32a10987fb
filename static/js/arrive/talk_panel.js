/** The desk talks with this point: who asks, the answer, the picture, the end. */

import { useEffect, useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { chime } from "../chimes.js";
import { Icon } from "../components/icon.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { usePage } from "../site/page-context.js";
import { createTalk } from "./talk.js";

export function TalkPanel() {
  const { connection, media } = usePage();
  const talk = useMemo(() => createTalk(connection, "site"), []);
  const now = talk.talk.value;
  useEffect(() => {
    if (now?.state === "asked") chime("next");
  }, [now?.line]);
  if (!now) return null;
  const asks = _("%(name)s muốn nói chuyện với điểm cầu này", { name: now.name });
  const accept = () => {
    talk.setSpeaker(media.choice.peek().speaker);
    void talk.accept((media.localStream.peek()?.getTracks() ?? []).map((track) => track.clone()));
  };
  return html`<section class="talk panel" role="dialog" aria-label=${_("Nói chuyện với bàn thư ký")} data-test="talk" data-state=${now.state}>
    <p role="status"><${Icon} name="phone" /><strong>${now.state === "asked" ? asks : _("Đang nói chuyện với bàn thư ký")}</strong></p>
    ${now.state === "in" && html`<${VideoTile} track=${talk.picture.value} label=${_("Hình của bàn thư ký")} test="talk-picture" />`}
    <p class="muted">${_("Chỉ bàn thư ký nghe và thấy điểm cầu này; hội nghị không nghe.")}</p>
    <div class="row is-tight">
      ${
        now.state === "asked"
          ? html`<button type="button" class="btn is-primary" data-test="talk-accept" onClick=${accept}><${Icon} name="phone" />${_("Trả lời")}</button>
              <button type="button" class="btn" data-test="talk-decline" onClick=${talk.decline}><${Icon} name="x" />${_("Để sau")}</button>`
          : html`<button type="button" class="btn is-danger" data-test="talk-end" onClick=${talk.leave}><${Icon} name="phone" />${_("Kết thúc")}</button>`
      }
    </div>
  </section>`;
}
