/** From samples of a line to what a small chart draws and says. Pure: x and y in units of the drawing, y downwards. */

/** @typedef {import("../types").LineSample} LineSample */
/** @typedef {(sample: LineSample) => number | null} Read */

export const WIDTH = 600;
export const HEIGHT = 56;

/** A gap this many times longer than the usual distance is drawn as a gap. */
const GAP = 2.5;

/** @param {LineSample} sample */
const timeOf = (sample) => Date.parse(sample.at);

/**
 * Where a moment lies between the first and the last sample.
 * @param {LineSample[]} samples
 * @param {number} at ms
 */
export function placeOf(samples, at) {
  const first = timeOf(samples[0]);
  return ((at - first) / Math.max(1, timeOf(samples[samples.length - 1]) - first)) * WIDTH;
}

/** How far apart the samples usually are, in ms. @param {LineSample[]} samples */
function usualStep(samples) {
  const steps = samples.slice(1).map((sample, index) => timeOf(sample) - timeOf(samples[index]));
  return steps.sort((one, other) => one - other)[Math.floor(steps.length / 2)] ?? 0;
}

/**
 * The lines to draw: one for each stretch without a gap.
 * @param {LineSample[]} samples
 * @param {Read} read
 * @param {number} most the value at the top
 * @returns {string[]} points of polylines
 */
export function stretches(samples, read, most) {
  const longest = usualStep(samples) * GAP;
  /** @type {string[][]} */
  const found = [];
  let before = -Infinity;
  for (const sample of samples) {
    const value = read(sample);
    if (value === null) continue;
    const at = timeOf(sample);
    if (at - before > longest) found.push([]);
    const y = HEIGHT - Math.min(1, value / most) * HEIGHT;
    found[found.length - 1].push(`${placeOf(samples, at).toFixed(1)},${y.toFixed(1)}`);
    before = at;
  }
  return found.map((points) => (points.length === 1 ? `${points[0]} ${points[0]}` : points.join(" ")));
}

/** The next round number: the top of an axis. @param {number} value */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return (([1, 2, 5].find((step) => step * power >= value * 0.999) ?? 10) * power) || 1;
}

/**
 * The least, the usual (median) and the most of what is known; null when nothing is.
 * @param {LineSample[]} samples
 * @param {Read} read
 */
export function rangeOf(samples, read) {
  const known = samples.map(read).filter((value) => value !== null);
  known.sort((one, other) => one - other);
  return known.length ? { least: known[0], usual: known[Math.floor(known.length / 2)], most: known[known.length - 1] } : null;
}
