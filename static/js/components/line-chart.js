/** How one line was over the conference: round trip, losses and rates, small charts under each other; and in a sentence. */
import { useEffect, useState } from "preact/hooks";
import { _, boot } from "../boot.js";
import { clockTime } from "../clock.js";
import { html } from "../html.js";
import { megabits } from "../words.js";
import { HEIGHT, placeOf, rangeOf, roundUp, stretches, WIDTH } from "./line-plot.js";

/** @typedef {import("../types").Connection} Connection */
/** @typedef {import("../types").LineSample} LineSample */
/** @typedef {import("../types").LineIncident} LineIncident */
/** @typedef {import("./line-plot.js").Read} Read */

const AGAIN_MS = 30_000;
const LEAST_RTT_MS = 100;
const LEAST_LOSS = 0.05;
const LEAST_KBPS = 500;
const TROUBLE = ["weak", "lost", "left", "lowered", "silent", "frozen", "echo"];

const percent = new Intl.NumberFormat(boot.lang, { style: "percent", maximumFractionDigits: 1 });

/** @type {Record<"rtt" | "lossUp" | "lossDown" | "up" | "down", Read>} */
const READ = {
  rtt: (sample) => sample.rtt_ms,
  lossUp: (sample) => sample.loss_up,
  lossDown: (sample) => sample.loss_down,
  up: (sample) => sample.up_kbps,
  down: (sample) => sample.down_kbps,
};

/** @param {{connection: Connection, siteId: number, incidents: LineIncident[]}} props */
export function LineChart({ connection, siteId, incidents }) {
  const [samples, setSamples] = useState(/** @type {LineSample[] | null} */ (null));
  useEffect(() => {
    let isOver = false;
    const ask = () =>
      void connection.request("get_line_history", { site_id: siteId }).then((answer) => {
        if (!isOver && answer.ok) setSamples(answer.samples);
      });
    ask();
    const timer = setInterval(ask, AGAIN_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [siteId]);
  if (!samples) return null;
  if (samples.length < 2) return html`<p class="muted line-chart-none">${_("Biểu đồ hiện sau một phút có số liệu.")}</p>`;
  const marks = incidents.filter(({ kind, at }) => TROUBLE.includes(kind) && at >= samples[0].at);
  const top = (/** @type {Read[]} */ reads, /** @type {number} */ least) =>
    roundUp(Math.max(least, ...reads.map((read) => rangeOf(samples, read)?.most ?? 0)));
  const [rtt, loss, rate] = [
    top([READ.rtt], LEAST_RTT_MS),
    top([READ.lossUp, READ.lossDown], LEAST_LOSS),
    top([READ.up, READ.down], LEAST_KBPS),
  ];
  const [rttWord, rateWord] = [_("%(n)s ms", { n: rtt }), _("%(rate)s Mb/s", { rate: megabits(rate) })];
  const plot = { samples, marks };
  return html`<figure class="line-chart" data-test="line-chart">
    <div class="line-plots" aria-hidden="true">
      <${Plot} ...${plot} name=${_("Độ trễ")} top=${rttWord} most=${rtt} up=${READ.rtt} />
      <${Plot} ...${plot} name=${_("Mất gói")} top=${percent.format(loss)} most=${loss} up=${READ.lossUp} down=${READ.lossDown} />
      <${Plot} ...${plot} name=${_("Tốc độ")} top=${rateWord} most=${rate} up=${READ.up} down=${READ.down} />
      <p class="line-plot-foot num"><span>${clockTime(samples[0].at)}</span><span class="line-keys"><span class="is-up">${_("gửi")}</span><span class="is-down">${_("nhận")}</span>${marks.length > 0 && html`<span class="is-mark">${_("sự cố")}</span>`}</span><span>${clockTime(samples[samples.length - 1].at)}</span></p>
    </div>
    <figcaption class="muted" data-test="line-chart-words">${sentence(samples)}</figcaption>
  </figure>`;
}

/**
 * One quantity; both ways, or one.
 * @param {{samples: LineSample[], marks: LineIncident[], name: string, top: string, most: number, up: Read, down?: Read}} props
 */
function Plot({ samples, marks, name, top, most, up, down }) {
  return html`<div class="line-plot">
    <p><span>${name}</span><span class="num muted">${top}</span></p>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" focusable="false">
      ${marks.map(({ at, kind }) => html`<line key=${`${at}${kind}`} class="is-mark" x1=${placeOf(samples, Date.parse(at))} x2=${placeOf(samples, Date.parse(at))} y1="0" y2=${HEIGHT} />`)}
      ${down && stretches(samples, down, most).map((points) => html`<polyline key=${points} class="is-down" points=${points} />`)}
      ${stretches(samples, up, most).map((points) => html`<polyline key=${points} class="is-up" points=${points} />`)}
    </svg>
  </div>`;
}

/** What the charts show, for whoever does not see them. @param {LineSample[]} samples */
function sentence(samples) {
  const [rtt, lossUp, lossDown, up, down] = Object.values(READ).map((read) => rangeOf(samples, read));
  const words = [
    _("Từ %(from)s đến %(to)s:", { from: clockTime(samples[0].at), to: clockTime(samples[samples.length - 1].at) }),
    rtt && _("độ trễ thường %(usual)s ms, cao nhất %(most)s ms;", rtt),
    _("mất gói nhiều nhất khi gửi %(up)s, khi nhận %(down)s;", {
      up: percent.format(lossUp?.most ?? 0),
      down: percent.format(lossDown?.most ?? 0),
    }),
    _("thường gửi %(up)s Mb/s, nhận %(down)s Mb/s.", { up: megabits(up?.usual ?? 0), down: megabits(down?.usual ?? 0) }),
  ];
  return words.filter(Boolean).join(" ");
}
