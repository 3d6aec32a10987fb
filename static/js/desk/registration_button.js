/** Closing and opening the registration for the open item. */
import { useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { html } from "../html.js";
import { ActButton } from "./act_button.js";
import { createAct } from "./acts.js";
import { whyNotInvite } from "./reasons.js";

/** @param {{desk: import("./desk.js").Desk}} props */
export function RegistrationButton({ desk }) {
  const act = useMemo(
    () =>
      createAct(
        () => whyNotInvite(desk),
        () => {
          const item = desk.currentItem.value;
          return desk.connection.command(item?.is_queue_closed ? "open_queue" : "close_queue", { item_id: item?.id });
        },
      ),
    [desk],
  );
  if (desk.isOver.value) return null;
  const isClosed = desk.currentItem.value?.is_queue_closed ?? false;
  return html`<${ActButton} act=${act} icon=${isClosed ? "hand" : "lock"} className="is-small" test="registration">
    ${isClosed ? _("Mở đăng ký") : _("Đóng đăng ký")}
  <//>`;
}
