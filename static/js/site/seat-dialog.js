import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { html } from "../html.js";
import { usePage } from "./page-context.js";

const RETRY_MS = 3000;

/** Another tab is this site: take over, or watch without sound. The seat of a speaker is taken over only after the desk allows it. */
export function SeatDialog() {
  const { connection } = usePage();
  const refused = useSignal("");
  const isAsking = useSignal(false);
  const seat = connection.seat.value;
  const isWaiting = useSignal(false);
  const isTaken = seat?.state === "lost" && seat.lost_reason === "taken_over";
  const claim = async (/** @type {"take_over" | "watch"} */ mode) => {
    isAsking.value = true;
    const answer = await connection.claimSeat(mode);
    isAsking.value = false;
    isWaiting.value = answer.code === "seat_on_air";
    refused.value = answer.ok ? "" : answer.message || _("Chưa tiếp quản được.");
  };
  // The desk's permission is not told to this tab: ask again until it is there.
  useEffect(() => {
    if (!isWaiting.value) return;
    const timer = setInterval(() => void claim("take_over"), RETRY_MS);
    return () => clearInterval(timer);
  }, [isWaiting.value]);
  if (seat?.state !== "occupied" && !isTaken) return null;
  return html`<${Dialog}
    title=${isTaken ? _("Máy khác đã tiếp quản điểm cầu này") : _("Điểm cầu này đang mở ở nơi khác")}
    isAlert
    test="seat-dialog"
    actions=${html`<button
        type="button"
        class="btn"
        data-test="watch"
        disabled=${isAsking.value}
        onClick=${() => claim("watch")}
      >
        <${Icon} name="eye" />${_("Chỉ xem, không tiếng")}
      </button>
      <button
        type="button"
        class="btn is-primary"
        data-test="take-over"
        disabled=${isAsking.value || isWaiting.value}
        onClick=${() => claim("take_over")}
      >
        <${Icon} name=${isWaiting.value ? "hourglass" : "log-in"} />${isWaiting.value ? _("Đang chờ thư ký…") : _("Tiếp quản")}
      </button>`}
  >
    <p>
      ${_("Mỗi điểm cầu chỉ có một trang phát hình và tiếng. Tiếp quản thì trang kia dừng lại; chỗ trong danh sách đăng ký phát biểu được giữ.")}
    </p>
    ${refused.value && html`<p class="field-error" role="alert"><${Icon} name="circle-alert" />${refused.value}</p>`}
  <//>`;
}
