/** From what was measured to a verdict. Pure: figures in, a finding out. */

/** @typedef {import("../types").Finding} Finding */
/** @typedef {Finding["figures"]} Figures */

const DARK = 40;
const BRIGHT = 225;
const SMALL_HEIGHT = 480;
const STILL_SECONDS = 4;

const SILENT_DB = -65;
const QUIET_DB = -42;
const CLIPPING_DB = -0.2;
const CLIPPED_READINGS = 10;

const LATE_MS = 300;
const JUMPY_MS = 60;
const LOSSY = 0.03;
const HOPELESS = 0.15;
const SLOW_KBPS = 400;

const CLOCK_MS = 2000;
const WRONG_CLOCK_MS = 60_000;

/**
 * @param {Finding["verdict"]} verdict
 * @param {string} code
 * @param {Figures} [figures]
 * @returns {Finding}
 */
export function finding(verdict, code, figures = {}) {
  return { verdict, code, figures };
}

/** @returns {Finding} */
export const open = () => finding("open", "");

/**
 * @param {{width: number, height: number, fps: number, brightness: number, stillSeconds: number}} seen
 * @returns {Finding}
 */
export function judgePicture({ width, height, fps, brightness, stillSeconds }) {
  const figures = { width, height, fps: Math.round(fps), brightness: Math.round(brightness) };
  if (brightness < DARK) return finding("warned", "dark", figures);
  if (brightness > BRIGHT) return finding("warned", "bright", figures);
  if (stillSeconds >= STILL_SECONDS) return finding("warned", "still", figures);
  if (height < SMALL_HEIGHT) return finding("warned", "small", figures);
  return finding("passed", "good", figures);
}

/**
 * `loudest_db` of a second or so each, `clipped` how many readings touched full scale of late. Null while nobody has said anything yet.
 * @param {{loudest_db: number, peak_db: number, clipped: number, isPatient: boolean}} heard
 * @returns {Finding | null}
 */
export function judgeSound({ loudest_db, peak_db, clipped, isPatient }) {
  const figures = { level_db: Math.round(loudest_db), peak_db: Math.min(0, Math.round(peak_db)) };
  if (clipped >= CLIPPED_READINGS) return finding("warned", "clipping", figures);
  if (loudest_db >= QUIET_DB) return finding("passed", "good", figures);
  if (isPatient) return null;
  return loudest_db < SILENT_DB ? finding("warned", "silent", figures) : finding("warned", "quiet", figures);
}

/** @param {number} peak_db */
export const isClipped = (peak_db) => peak_db >= CLIPPING_DB;

/** @param {number} level_db */
export const isAudible = (level_db) => level_db >= QUIET_DB;

/**
 * What came to the server in the echo test.
 * @param {number} level_db
 */
export function echoCode(level_db) {
  if (level_db < SILENT_DB) return "silent";
  return level_db < QUIET_DB - 6 ? "quiet" : "";
}

/**
 * `available_kbps` is what the browser believes it could send; undefined where it does not say.
 * @param {{up_kbps: number, down_kbps: number, available_kbps: number | undefined, rtt_ms: number | null, jitter_ms: number, loss_up: number | null,
 *   loss_down: number, protocol: string, port: number, seconds: number}} measured
 * @returns {Finding}
 */
export function judgeLine({ available_kbps, ...measured }) {
  /** @type {Figures} */
  const figures = {};
  for (const [name, value] of Object.entries(measured)) if (value !== null) figures[name] = value;
  const loss = Math.max(measured.loss_up ?? 0, measured.loss_down);
  if (loss >= HOPELESS) return finding("failed", "lossy", figures);
  if (loss >= LOSSY) return finding("warned", "lossy", figures);
  if (available_kbps !== undefined && available_kbps < SLOW_KBPS) return finding("warned", "slow", figures);
  if ((measured.rtt_ms ?? 0) >= LATE_MS) return finding("warned", "late", figures);
  if (measured.jitter_ms >= JUMPY_MS) return finding("warned", "jumpy", figures);
  return finding("passed", "good", figures);
}

/**
 * @param {number} ahead_ms how far this machine's clock is ahead of the server's
 * @returns {Finding}
 */
export function judgeClock(ahead_ms) {
  const figures = { offset_ms: Math.round(ahead_ms) };
  if (Math.abs(ahead_ms) < CLOCK_MS) return finding("passed", "good", figures);
  return finding(Math.abs(ahead_ms) < WRONG_CLOCK_MS ? "warned" : "failed", "off", figures);
}

/** The oldest that are known to work. @type {[RegExp, number][]} */
const OLDEST = [
  [/Firefox\/(\d+)/, 115],
  [/Chrom(?:e|ium)\/(\d+)/, 109],
  [/Version\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari/, 16],
];

/**
 * @param {{agent: string, isSecure: boolean, hasMedia: boolean}} browser
 * @returns {Finding}
 */
export function judgeBrowser({ agent, isSecure, hasMedia }) {
  const found = OLDEST.map(([pattern, oldest]) => ({ version: pattern.exec(agent), oldest })).find((one) => one.version);
  /** @type {Figures} */
  const figures = found?.version ? { version: found.version[0].slice(0, 60) } : {};
  if (!isSecure) return finding("failed", "insecure", figures);
  if (!hasMedia) return finding("failed", "no_media", figures);
  if (found?.version && Number(found.version[1]) < found.oldest) return finding("warned", "old", figures);
  return finding("passed", "good", figures);
}
