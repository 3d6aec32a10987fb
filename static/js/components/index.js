/** All components at one address. */

export { Banner } from "./banner.js";
export { ClockWord } from "./clock-word.js";
export { ConnectionBanner, useLine } from "./connection-banner.js";
export { Dialog } from "./dialog.js";
export { Icon } from "./icon.js";
export { LinkMark, linkWord, LinkWord, OwnLinkWord, Signal } from "./link-word.js";
export { Logo } from "./logo.js";
export { Lower } from "./lower.js";
export { LanguageSwitch } from "./language-switch.js";
export { mapState, SiteMap } from "./site-map.js";
export { Switch } from "./switch.js";
export { readTimer, SpokenTimer, Timer, TIMER_ICONS, timerKind, timerWord } from "./timer.js";
export { toast, Toasts } from "./toasts.js";
export { VideoTile } from "./video-tile.js";
