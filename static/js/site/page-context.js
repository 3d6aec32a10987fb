/** What the parts of a site's page share. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";

/**
 * @typedef {object} PageContext
 * @property {import("../types").Connection} connection
 * @property {import("../types").Media} media
 * @property {import("../types").OwnShare} share
 * @property {boolean} isHall the hall station
 * @property {import("@preact/signals").ReadonlySignal<boolean>} isUndecided not yet known whether it is checked first
 * @property {import("@preact/signals").ReadonlySignal<boolean>} isArriving in the green room, before it enters
 * @property {import("@preact/signals").ReadonlySignal<boolean>} isWaiting entered, but not admitted
 * @property {() => void} enter
 * @property {() => void} check back into the green room
 */

export const SitePageContext = createContext(/** @type {PageContext | null} */ (null));

/** @returns {PageContext} */
export function usePage() {
  const page = useContext(SitePageContext);
  if (!page) throw new Error("Outside the site's page.");
  return page;
}
