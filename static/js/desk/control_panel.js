/** The conference as a whole: doors, opening, break, closing, and the acting chair. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { whyOffline } from "./reasons.js";
import { GalleryButton } from "./gallery_dialog.js";
import { QuorumLine } from "./roll_dialog.js";
import { ScreenButton } from "./screen_dialog.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").ConferencePart} ConferencePart */

/**
 * The state of the conference in words.
 * @param {ConferencePart} conference
 * @returns {{kind: string, icon: string, text: string}}
 */
export function statusWords(conference) {
  switch (conference.status) {
    case "scheduled":
      return {
        kind: "info",
        icon: "clock",
        text: _("Khai mạc lúc %(time)s", { time: clockTime(conference.opens_at) }),
      };
    case "doors_open":
      return { kind: "info", icon: "log-in", text: _("Đã mở điểm cầu") };
    case "convened":
      return {
        kind: "ok",
        icon: "play",
        text: _("Đã khai mạc %(time)s", { time: clockTime(conference.convened_at) }),
      };
    case "suspended":
      return {
        kind: "warn",
        icon: "pause",
        text: _("Tạm dừng từ %(time)s", { time: clockTime(conference.suspended_at) }),
      };
    case "adjourned":
      return {
        kind: "",
        icon: "circle-check",
        text: _("Bế mạc lúc %(time)s", { time: clockTime(conference.adjourned_at) }),
      };
  }
}

/**
 * The acts on the conference as a whole; the same for every desk that has them.
 * @param {Desk} desk
 */
function createSittingActs(desk) {
  const why = () => whyOffline(desk);
  const { command } = desk.connection;
  return {
    openDoors: createAct(why, () => command("open_doors")),
    suspend: createAct(why, () => command("suspend")),
    resume: createAct(why, () => command("resume")),
    dismiss: createAct(why, () => command("dismiss_acting_chair")),
  };
}

/** @param {{desk: Desk, acts: ChairActs}} props */
export function ControlPanel({ desk, acts }) {
  const conference = desk.conference.value;
  if (!conference) return null;
  const status = statusWords(conference);
  return html`<section class="panel" aria-labelledby="h-control" data-test="control">
    <div class="panel-head">
      <h2 id="h-control">${_("Hội nghị")}</h2>
      <span class=${`badge push${status.kind ? ` is-${status.kind}` : ""}`} data-test="status" data-state=${conference.status}>
        <${Icon} name=${status.icon} />${status.text}
      </span>
    </div>
    <div class="panel-body chair-control">
      <${QuorumLine} desk=${desk} />
      <${SittingButtons} desk=${desk} acts=${acts} />
      <div class="chair-more"><${GalleryButton} desk=${desk} acts=${acts} className="is-ghost" /><${ScreenButton} desk=${desk} acts=${acts} className="is-ghost" /><${AppointButton} desk=${desk} acts=${acts} /></div>
    </div>
  </section>`;
}

/** The chair hands the conduct to a secretary for a while (rule 36). @param {{desk: Desk, acts: ChairActs}} props */
function AppointButton({ desk, acts }) {
  const part = desk.connection.deskPart.value;
  if (!part?.secretaries.length || part.acting_chair || desk.isOver.value) return null;
  return html`<button
    type="button"
    class="btn is-ghost chair-appoint"
    title=${_("Ủy quyền điều hành…")}
    data-test="appoint"
    onClick=${() => (acts.dialog.value = { name: "appoint" })}
  ><${Icon} name="user-check" />${_("Ủy quyền…")}</button>`;
}

/** @param {{desk: Desk, acts: ChairActs}} props */
export function SittingButtons({ desk, acts }) {
  const sitting = useMemo(() => createSittingActs(desk), [desk]);
  const adjourn = useMemo(
    () =>
      createAct(
        () => whyOffline(desk),
        () => (acts.dialog.value = { name: "adjourn" }),
        0,
      ),
    [desk],
  );
  const convene = useMemo(
    () =>
      createAct(
        () => whyOffline(desk),
        () => (acts.dialog.value = { name: "convene" }),
        0,
      ),
    [desk],
  );
  const status = desk.conference.value?.status;
  const acting = desk.connection.deskPart.value?.acting_chair;
  const isChairing = desk.isChairing.value;
  return html`
    ${
      status === "scheduled" &&
      html`<${ActButton}
        act=${sitting.openDoors}
        icon="log-in"
        className="is-primary is-lg is-block"
        test="open-doors"
      >${_("Mở điểm cầu")}<//>`
    }
    ${
      isChairing &&
      status === "doors_open" &&
      html`<${ActButton}
        act=${convene}
        icon="play"
        className="is-primary is-lg is-block"
        test="convene"
      >${_("Khai mạc")}<//>`
    }
    ${
      isChairing &&
      (status === "convened" || status === "suspended") &&
      html`<div class="chair-pair">
      ${
        status === "convened"
          ? html`<${ActButton} act=${sitting.suspend} icon="pause" className="is-lg" test="suspend">${_("Giải lao")}<//>`
          : html`<${ActButton} act=${sitting.resume} icon="play" className="is-lg is-primary" test="resume">${_("Tiếp tục")}<//>`
      }
      <${ActButton} act=${adjourn} icon="circle-stop" className="is-lg" test="adjourn">${_("Bế mạc")}<//>
    </div>`
    }
    ${status === "adjourned" && html`<p class="muted chair-small">${_("Danh sách và nhật ký vẫn xem được.")}</p>`}
    ${
      acting &&
      !desk.isActingChair.value &&
      html`<p class="chair-acting" data-test="acting-chair">
      <${Icon} name="user-check" /><span class="grow">${_("%(name)s đang được ủy quyền điều hành", { name: acting.display_name })}</span>
      ${
        desk.connection.seat.value?.role === "chair" &&
        html`<${ActButton} act=${sitting.dismiss} icon="x" className="is-small" test="dismiss-acting">${_("Thôi ủy quyền")}<//>`
      }
    </p>`
    }
  `;
}
