/** The green room: before it enters, a point sees and hears itself, and reads what is wrong and what to do. */

import { useEffect, useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/icon.js";
import { VideoTile } from "../components/video-tile.js";
import { html } from "../html.js";
import { DeviceField } from "../site/devices-dialog.js";
import { LevelMeter } from "../site/level-meter.js";
import { SideTabs } from "../site/messages.js";
import { usePage } from "../site/page-context.js";
import { createCheck, ORDER } from "./check.js";
import { findingWords, PARTS, VERDICTS } from "./words.js";

/** @typedef {ReturnType<typeof createCheck>} Check */
/** @typedef {import("../types").CheckPart} CheckPart */

/** @param {{test: string, icon: string, words: string, isDisabled?: boolean, onClick: () => void}} props */
function Act({ test, icon, words, isDisabled = false, onClick }) {
  return html`<button type="button" class="btn is-small" data-test=${test} disabled=${isDisabled} onClick=${onClick}>
    <${Icon} name=${icon} />${words}
  </button>`;
}

/** @param {{check: Check}} props */
function SpeakerActs({ check }) {
  const isPlaying = check.isPlaying.value;
  return html`<div class="row is-tight join-ask">
    <${Act} test="play-sound" icon="play" words=${_("Nghe thử")} isDisabled=${isPlaying} onClick=${check.playSound} />
    <${Act} test="sound-heard" icon="check" words=${_("Nghe rõ")} onClick=${() => check.confirmSound(true)} />
    <${Act} test="sound-not-heard" icon="volume-x" words=${_("Không nghe")} onClick=${() => check.confirmSound(false)} />
  </div>`;
}

/** @param {{check: Check}} props */
function EchoActs({ check }) {
  const { media } = usePage();
  const at = check.echo.value;
  if (at === "ask")
    return html`<div class="row is-tight join-ask">
      <${Act} test="echo-heard" icon="check" words=${_("Nghe rõ")} onClick=${() => check.confirmEcho(true)} />
      <${Act} test="echo-not-heard" icon="volume-x" words=${_("Không nghe")} onClick=${() => check.confirmEcho(false)} />
    </div>`;
  const words = {
    joining: _("Đang nối với máy chủ…"),
    speak: _("Hãy nói, máy chủ đang ghi (5 giây)…"),
    listen: _("Đang phát lại, hãy nghe…"),
    "": "",
  }[at];
  return html`<div class="row is-tight join-ask">
    ${
      words
        ? html`<p role="status" data-test="echo-phase" data-phase=${at}><strong>${words}</strong></p>`
        : html`<${Act} test="start-echo" icon="mic" words=${_("Nói thử 5 giây")} isDisabled=${!media.hasMicrophone.value} onClick=${check.startEcho} />`
    }
  </div>`;
}

/** @param {{check: Check}} props */
function LineActs({ check }) {
  const left = check.secondsLeft.value;
  const words = _("Đang đo, còn %(n)s giây…", { n: left ?? 0 });
  if (left !== null) return html`<p class="num" role="status" data-test="measuring">${words}</p>`;
  if (check.findings.value.network.verdict === "passed") return null;
  return html`<div class="row is-tight join-ask"><${Act} test="measure" icon="refresh-cw" words=${_("Đo lại")} onClick=${check.measure} /></div>`;
}

/** @param {{check: Check, part: CheckPart}} props */
function Row({ check, part }) {
  const { media } = usePage();
  const found = check.findings.value[part];
  const { tone, icon, word } = VERDICTS[found.verdict];
  const isMeasuring = part === "network" && check.secondsLeft.value !== null;
  const { cause, remedy } = findingWords(part, found);
  const canRetry = (part === "camera" || part === "microphone") && found.verdict !== "passed" && found.verdict !== "open";
  return html`<li class=${found.verdict === "open" ? "" : `is-${tone}`} data-test=${`check-${part}`} data-verdict=${found.verdict} data-code=${found.code}>
    <span class="join-ic"><${Icon} name=${PARTS[part].icon} /></span>
    <div>
      <h3>${PARTS[part].title()}</h3>
      ${!isMeasuring && html`<p>${cause}</p>`} ${!isMeasuring && remedy && html`<p class="join-remedy">${remedy}</p>`}
      ${part === "microphone" && media.hasMicrophone.value && html`<${LevelMeter} />`}
      ${part === "speaker" && html`<${SpeakerActs} check=${check} />`}
      ${part === "echo" && html`<${EchoActs} check=${check} />`}
      ${part === "network" && html`<${LineActs} check=${check} />`}
      ${canRetry && html`<div class="row is-tight join-ask">
        ${found.code === "switched_off" && html`<${Act} test="camera-on" icon="video" words=${_("Bật camera")} onClick=${() => (media.camera.value = true)} />`}
        <${Act} test=${`retry-${part}`} icon="refresh-cw" words=${_("Thử lại")} onClick=${() => media.retryDevices()} />
      </div>`}
    </div>
    <span class=${`badge is-${tone}`}><${Icon} name=${icon} />${word()}</span>
  </li>`;
}

/** @param {{check: Check}} props */
function Enter({ check }) {
  const { media, connection, enter } = usePage();
  const needing = check.needing.value.map((part) => PARTS[part].title());
  const isWaiting = connection.ownPart.value?.entry.state !== "admitted";
  const isBlind = !media.hasCamera.value && !media.hasMicrophone.value && !media.isOpening.value;
  const go = async () => {
    await check.finish();
    enter();
  };
  return html`<div class="join-go">
    ${
      needing.length > 0
        ? html`<div class="banner is-warn join-note" data-test="needing">
            <${Icon} name="triangle-alert" className="icon-lead" />
            <p class="grow">
              <b>${_("Còn %(n)s mục chưa đạt: %(parts)s.", { n: needing.length, parts: needing.join(", ") })}</b>
              <span> ${_("Vẫn vào được; thư ký thấy các mục này.")}</span>
            </p>
          </div>`
        : html`<div class="banner is-info join-note" data-test="all-passed">
            <${Icon} name="circle-check" className="icon-lead" /><p class="grow"><b>${_("Mọi mục đều đạt.")}</b></p>
          </div>`
    }
    <button type="button" class="btn is-primary is-xl is-block" data-test="enter" disabled=${!connection.isUsable.value} onClick=${go}>
      <${Icon} name="log-in" />${isBlind ? _("Vào chỉ để nghe và xem") : isWaiting ? _("Vào phòng chờ của hội nghị") : _("Vào hội nghị")}
    </button>
    <p class="muted chair-small">
      ${isBlind ? _("Máy này không gửi hình và tiếng; vẫn đăng ký phát biểu, xem tài liệu và nhắn thư ký được.") : _("Khi vào, micro tắt và camera bật.")}
      ${" "}${_("Cần giúp: nhắn thư ký ngay trên trang này.")}
    </p>
  </div>`;
}

/** Since when a check of this point stands. @param {{siteId: number}} props */
function Before({ siteId }) {
  const { connection } = usePage();
  const kept = connection.checks.value[String(siteId)];
  if (!kept) return null;
  const isGood = ORDER.every((part) => kept.parts[part]?.verdict === "passed");
  const time = clockTime(kept.kept_at);
  const words = isGood ? _("Đạt lúc %(time)s", { time }) : _("Đã lưu lúc %(time)s", { time });
  return html`<small class="muted" data-test="kept-at">${words}</small>`;
}

/** @param {{site: import("../types").Site}} props */
export function GreenRoom({ site }) {
  const { connection, media } = usePage();
  const check = useMemo(() => createCheck(connection, media), []);
  useEffect(() => check.leave, []);
  const isReady = connection.seat.value?.state === "held" && !media.isOpening.value && media.devices.value.length > 0;
  const place = connection.publicPart.value?.conference;
  useEffect(() => {
    if (isReady || media.fault.value) check.begin();
  }, [isReady || Boolean(media.fault.value)]);
  const hasSinks = "setSinkId" in HTMLMediaElement.prototype;
  return html`<main class="join" data-test="green-room">
    <section class="join-cam" aria-labelledby="join-title">
      <h1 id="join-title">${_("Kiểm tra thiết bị trước khi vào")}</h1>
      <${VideoTile}
        track=${media.localStream.value?.getVideoTracks()[0] ?? null}
        label=${_("Hình của điểm cầu này")}
        test="own-picture"
        message=${media.isOpening.value && !media.localStream.value ? html`<${Icon} name="camera" /><span>${_("Nếu trình duyệt hỏi, hãy bấm Cho phép.")}</span>` : undefined}
      >
        <span class="tile-tag"><span class="badge"><${Icon} name="eye" />${_("Chỉ điểm cầu này và bàn thư ký nhìn thấy")}</span></span>
        <figcaption class="join-cap"><strong>${site.name}</strong><span>${place?.short_title || place?.title}</span></figcaption>
      <//>
      <div class="join-devs">
        <${DeviceField} which="camera" />
        <${DeviceField} which="microphone" />
        ${hasSinks && html`<${DeviceField} which="speaker" />`}
      </div>
    </section>
    <section class="panel join-checks" aria-labelledby="join-checks">
      <div class="panel-head">
        <h2 id="join-checks">${_("Kết quả kiểm tra")}</h2>
        <${Before} siteId=${site.id} />
        <button type="button" class="btn is-small push" data-test="repeat" disabled=${media.isOpening.value} onClick=${check.repeat}>
          <${Icon} name="refresh-cw" />${_("Kiểm tra lại")}
        </button>
      </div>
      <ul>
        ${ORDER.map((part) => html`<${Row} key=${part} check=${check} part=${part} />`)}
      </ul>
      <${Enter} check=${check} />
    </section>
    <${SideTabs} />
  </main>`;
}
