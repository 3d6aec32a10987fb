/** The point of order that waits: who, of what kind, and hearing it, putting it off or declining it. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { clockTime } from "../clock.js";
import { Icon } from "../components/index.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { whyNotLive, whyNotOrder } from "./reasons.js";
import { personLine } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").WaitingRequest} WaitingRequest */

/** What a kind of point of order is called; "" without one. @param {Desk} desk @param {number | null} id */
export function categoryWord(desk, id) {
  return desk.settings.value?.order_categories.find((category) => category.id === id)?.name ?? "";
}

/** Nothing while none waits. @param {{desk: Desk, acts: ChairActs}} props */
export function OrderCard({ desk, acts }) {
  const [order] = desk.orders.value;
  const count = _("%(n)s đang chờ", { n: desk.orders.value.length });
  const told = order ? _("Ý kiến về thủ tục: %(site)s", { site: desk.siteName(order.site_id) }) : "";
  return html`<p class="sr" role="status">${told}</p>
    ${
      order &&
      html`<section class="panel" aria-labelledby="h-order" data-test="order" data-request=${order.request_id}>
        <div class="panel-head is-alert">
          <${Icon} name="flag" />
          <h2 id="h-order">${_("Ý kiến về thủ tục")}</h2>
          <span class="badge is-warn push num">${count}</span>
        </div>
        <${Order} key=${order.request_id} desk=${desk} acts=${acts} order=${order} />
      </section>`
    }`;
}

/** @param {{desk: Desk, acts: ChairActs, order: WaitingRequest}} props */
function Order({ desk, acts, order }) {
  const { request_id: id } = order;
  const find = () => desk.orders.value.find((one) => one.request_id === id) ?? order;
  const allow = useMemo(
    () =>
      createAct(
        () => whyNotOrder(desk, find()),
        () => acts.grant(id),
      ),
    [id],
  );
  const later = useMemo(
    () =>
      createAct(
        () => whyNotLive(desk),
        () => acts.defer(id),
      ),
    [id],
  );
  const category = categoryWord(desk, order.category_id);
  const why = desk.isChairing.value ? allow.why() : null;
  return html`<div class="panel-body chair-order">
    <p>
      <strong>${desk.siteName(order.site_id)}</strong> · <span class="num">${clockTime(order.requested_at)}</span>
      ${category && html` <span class="badge is-warn">${category}</span>`}
    </p>
    <p class="chair-topic">${personLine(order)}</p>
    ${order.topic && html`<p class="muted chair-topic">${order.topic}</p>`}
    <div class="chair-order-go">
      ${desk.isChairing.value && html`<${ActButton} act=${allow} icon="check" className="grow" test="order-allow">${_("Cho ý kiến")}<//>`}
      <${ActButton} act=${later} icon="clock" test="order-later">${_("Để sau")}<//>
      <button
        type="button"
        class="btn is-icon is-ghost"
        aria-label=${_("Từ chối ý kiến về thủ tục")}
        data-test="order-decline"
        onClick=${() => (acts.dialog.value = { name: "entry", entry: order })}
      >
        <${Icon} name="x" />
      </button>
    </div>
    ${why && html`<p class="chair-why">${why}</p>`}
  </div>`;
}
