// Learning curves as SVG: two lines, axes with round numbers, a title and a description.

import { drawn, element } from "../parts/dom.js";
import { number, text } from "../parts/language.js";

const WIDTH = 480;
const HEIGHT = 260;
const EDGE = { left: 52, right: 14, top: 10, bottom: 34 };

/** @typedef {{epoch: number, value: number}} Point */
/** @typedef {{name: string, points: Point[]}} Series */

let made = 0;

/**
 * @param {string} title what the values are
 * @param {Series[]} series at most two: on the validation images and on the training images
 * @param {Intl.NumberFormatOptions} style of the values
 * @param {number} epochs how many there will be
 * @returns {HTMLElement}
 */
export function curves(title, series, style, epochs) {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const ticks = roundTicks(Math.min(...values), Math.max(...values));
  const last = Math.max(epochs, ...series.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  const x = (/** @type {number} */ epoch) => EDGE.left + ((epoch - 1) / Math.max(1, last - 1)) * (WIDTH - EDGE.left - EDGE.right);
  const y = (/** @type {number} */ value) => HEIGHT - EDGE.bottom - ((value - ticks[0]) / (ticks[ticks.length - 1] - ticks[0])) * (HEIGHT - EDGE.top - EDGE.bottom);
  const id = `curve-${(made += 1)}`;
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-told` },
    drawn("title", { id: `${id}-title` }, title),
    drawn("desc", { id: `${id}-told` }, told(series, style)),
    ...ticks.map((tick) => grid(tick, y(tick), ticks, style)),
    ...epochTicks(last).map((epoch) => drawn("text", { x: x(epoch), y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle" }, epoch)),
    drawn("text", { x: WIDTH - EDGE.right, y: HEIGHT - 1, "text-anchor": "end" }, text("runs.epoch")),
    drawn("line", { class: "axis", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: HEIGHT - EDGE.bottom, y2: HEIGHT - EDGE.bottom }),
    ...series.flatMap(({ points }, kind) => line(points, kind, x, y)));
  return element("figure", { class: "curve" }, element("figcaption", {}, title, ...series.map(({ name }, kind) => legend(name, kind))), svg);
}

/** @param {Point[]} points @param {number} kind @param {(epoch: number) => number} x @param {(value: number) => number} y */
function line(points, kind, x, y) {
  if (!points.length) return [];
  const end = points[points.length - 1];
  return [
    drawn("polyline", { class: `series series-${kind}`, points: points.map(({ epoch, value }) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(" ") }),
    drawn("circle", { class: `point-${kind}`, cx: x(end.epoch), cy: y(end.value), r: 4 }),
  ];
}

/** @param {number} tick @param {number} y @param {number[]} ticks @param {Intl.NumberFormatOptions} style */
function grid(tick, y, ticks, style) {
  const digits = decimals((ticks[1] - ticks[0]) * (style.style === "percent" ? 100 : 1));
  return drawn("g", {},
    drawn("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y, y2: y }),
    drawn("text", { x: EDGE.left - 8, y: y + 4, "text-anchor": "end" }, number(tick, { ...style, minimumFractionDigits: digits, maximumFractionDigits: digits })));
}

/** @param {string} name @param {number} kind */
function legend(name, kind) {
  const sample = drawn("svg", { viewBox: "0 0 28 10", "aria-hidden": "true" }, drawn("line", { class: `series series-${kind}`, x1: 1, x2: 27, y1: 5, y2: 5 }));
  return element("span", { class: "legend" }, sample, name);
}

/** @param {Series[]} series @param {Intl.NumberFormatOptions} style @returns {string} the curves in words */
function told(series, style) {
  const said = (/** @type {number} */ value) => number(value, { ...style, maximumFractionDigits: style.style === "percent" ? 2 : 4 });
  return series.filter(({ points }) => points.length).map(({ name, points }) => {
    const last = points[points.length - 1];
    return text("runs.told", { name, first: said(points[0].value), last: said(last.value), epoch: last.epoch });
  }).join(" ");
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {number[]} some five round numbers from at most `low` to at least `high`
 */
export function roundTicks(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** @param {number} step between round ticks @returns {number} the decimals that show each tick as it is */
export function decimals(step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const shown = step * 10 ** digits;
  // A step of 0.25 or 2.5 has one decimal more than its size says.
  return Math.abs(shown - Math.round(shown)) < 1e-6 ? digits : digits + 1;
}

/** @param {number} last @returns {number[]} some eight epochs from 1 to at most `last` */
export function epochTicks(last) {
  const step = Math.max(1, Math.ceil(last / 8));
  return Array.from({ length: Math.ceil(last / step) }, (_, at) => 1 + at * step);
}
