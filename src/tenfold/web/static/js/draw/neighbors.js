// Digits like this one: its nearest training digits, and its place on the map of the test digits.

import { askPatiently } from "../parts/api.js";
import { element } from "../parts/dom.js";
import { number, text } from "../parts/language.js";
import { placedCanvas } from "../parts/pixels.js";
import { drawMap } from "./map.js";

/** @import { Digit, Neighbor, Point } from "../types.js" */

const COUNT = 8;

/** Maps do not change: one a model is kept. @type {Map<string, Point[]>} */
const maps = new Map();

/** @param {Digit} digit @param {string} model @param {AbortSignal} signal @returns {Promise<Node[]>} */
export async function neighbors(digit, model, signal) {
  const told = await askPatiently("api/neighbors", { json: { model, placed: digit.placed, count: COUNT }, signal });
  const list = element("ul", { class: "neighbors" }, ...told.neighbors.map((one) => element("li", {},
    placedCanvas(one.placed, text("neighbors.one", { label: one.label })), element("b", {}, one.label),
    text("neighbors.distance", { distance: number(one.distance, { maximumSignificantDigits: 3 }) }))));
  /** @type {Node[]} */
  const parts = [element("p", { class: "note" }, text("neighbors.nearest")), list];
  if (told.map) {
    if (!maps.has(model)) maps.set(model, (await askPatiently("api/map", { query: { model }, signal })).points);
    parts.push(element("p", { class: "note" }, text("neighbors.map")), drawMap(maps.get(model) ?? [], told.map, mapWords(told.neighbors)));
  }
  return parts;
}

/** @param {Neighbor[]} neighbors @returns {string} the map in words */
function mapWords(neighbors) {
  const labels = neighbors.map((one) => one.label).join(", ");
  return text("neighbors.map.words", { labels });
}
