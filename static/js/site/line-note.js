/** Under the own-state banner, while the line takes less than the full pictures: what is left of them, and why. */
import { Icon } from "../components/icon.js";
import { weakDown, weakUp } from "../components/weak-line.js";
import { html } from "../html.js";
import { usePage } from "./page-context.js";

/** Nothing while both ways take everything. */
export function LineNote() {
  const { connection } = usePage();
  const site = String(connection.seat.value?.site_id);
  const figures = connection.linkFigures.value[site];
  const isThere = connection.status.value === "online" && connection.links.value[site] !== "lost";
  const told = figures && isThere ? [weakDown(figures), weakUp(figures)].filter((each) => each !== null) : [];
  return html`<div class="line-notes" role="status" data-test="line-notes">
    ${told.map(
      ({ title, text }) => html`<p class="line-weak" key=${title} data-test="line-note"><${Icon} name="triangle-alert" /><span><strong>${title}.</strong> ${text}</span></p>`,
    )}
  </div>`;
}
