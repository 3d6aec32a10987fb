/** The one template tag of the pages: `html` makes Preact elements, never strings of HTML. */

import { h } from "preact";
import htm from "htm";

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(h);
