// Boxes over a drawing or a picture: where digits were found, and which.

import { element, place } from "../parts/dom.js";

const CROWD = 24;

/**
 * @param {HTMLElement} layer covers the picture exactly
 * @param {any} reading or null for none
 * @param {number} chosen index of the chosen digit
 */
export function showBoxes(layer, reading, chosen) {
  const digits = reading?.digits ?? [];
  layer.classList.toggle("crowded", digits.length > CROWD);
  layer.replaceChildren(...digits.map((digit, at) => box(digit, at === chosen, reading)));
}

/** @param {any} digit @param {boolean} chosen @param {{width: number, height: number}} size */
function box({ box: { x, y, width, height }, label, accepted }, chosen, size) {
  const low = y / size.height < 0.1;
  const kind = `box${accepted ? "" : " refused"}${chosen ? " chosen" : ""}${low ? " low" : ""}`;
  const made = element("div", { class: kind }, element("span", {}, accepted ? label : "?"));
  place(made, { x: x / size.width, y: y / size.height, w: width / size.width, h: height / size.height });
  return made;
}
