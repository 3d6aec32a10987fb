import { boot } from "../boot.js";
import { html } from "../html.js";

const OTHER = {
  vi: { lang: "en", short: "EN", name: "English" },
  en: { lang: "vi", short: "VI", name: "Tiếng Việt" },
};

/** This page in the other language; a link's token stays in the tab. The server keeps the choice in a cookie. */
export function LanguageSwitch() {
  const { lang, short, name } = OTHER[boot.lang];
  const query = new URLSearchParams(location.search);
  query.set("lang", lang);
  return html`<a
    class="btn is-icon is-ghost live-lang"
    href=${`?${query}`}
    lang=${lang}
    hreflang=${lang}
    aria-label=${`${short} – ${name}`}
    title=${name}
    data-test="language"
  >${short}</a>`;
}
