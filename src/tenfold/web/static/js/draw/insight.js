// Inside the network: what counted for the answer, and the maps of each layer.

import { askPatiently } from "../parts/api.js";
import { element, place } from "../parts/dom.js";
import { text } from "../parts/language.js";
import { fromBase64, paintGray, paintHeat } from "../parts/pixels.js";

/** @import { Digit, Insight, Layer } from "../types.js" */

// A map's longer side on the screen, in pixels; small maps are shown larger than they are.
const SIDE = { one: 168, some: 56, many: 40 };
const MANY = 32;

/** @param {Digit} digit @param {string} model @param {AbortSignal} signal @returns {Promise<Node[]>} */
export async function insight(digit, model, signal) {
  const told = await askPatiently("api/insight", { json: { model, placed: digit.placed }, signal });
  return [heat(digit, told), ...told.layers.map(layer)];
}

/** @param {Digit} digit @param {Insight} told */
function heat(digit, { occlusion, label }) {
  const { width, height, values } = occlusion;
  const canvas = element("canvas", { class: "pixels", role: "img", "aria-label": text("insight.occlusion", { label }) });
  paintHeat(canvas, fromBase64(digit.placed), fromBase64(values), width, height);
  return element("div", { class: "heat" }, canvas, element("p", { class: "note" }, text("insight.occlusion", { label })));
}

/** @param {Layer} told */
function layer({ name, maps, width, height }) {
  const flat = height === 1;
  const side = maps.length === 1 ? SIDE.one : maps.length > MANY ? SIDE.many : SIDE.some;
  const size = Math.max(1, Math.round(side / Math.max(width, height)));
  const row = element("div", { class: flat ? "maps flat" : "maps", role: "img", "aria-label": `${name}: ${text("insight.maps", { count: maps.length, width, height })}` });
  for (const map of maps) {
    const canvas = element("canvas", { class: "pixels" });
    paintGray(canvas, fromBase64(map), width, height);
    place(canvas, { columns: width, rows: height, size: `${size}px` });
    row.append(canvas);
  }
  return element("div", { class: "layer" }, element("h3", {}, name), row, flat && (width === 10 || width === 11) ? digits(width) : "");
}

/** The digits under a row of ten numbers, or of eleven with "no digit". @param {number} count */
function digits(count) {
  return element("div", { class: "under", "aria-hidden": "true" }, ...Array.from({ length: count }, (_, label) => element("span", {}, label < 10 ? label : "∅")));
}
