import { html } from "../html.js";

const HANGERS = "M14 19.6V26M20 16.4V26M26 19.6V26";

/** The product's mark. */
export function Logo() {
  return html`<svg class="logo" viewBox="0 0 40 40" role="img" aria-label="Điểm Cầu">
    <rect width="40" height="40" rx="9" class="logo-bg" />
    <path d="M8 26C11 13 29 13 32 26" class="logo-arc" />
    <path d=${HANGERS} class="logo-hang" />
    <path d="M5 26h30" class="logo-deck" />
    <circle cx="8" cy="26" r="3" class="logo-dot" />
    <circle cx="20" cy="16.2" r="3" class="logo-dot" />
    <circle cx="32" cy="26" r="3" class="logo-dot" />
  </svg>`;
}
