// Boxes over a drawing or a picture: where digits were found, and which, and what is left out.

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
  // A refused digit has a box of its own already.
  const unread = (reading?.left_out ?? []).filter((mark) => mark.reason === "unread");
  layer.replaceChildren(
    ...unread.map((mark) => placed(element("div", { class: "box unread" }), mark.box, reading)),
    ...digits.map((digit, at) => box(digit, at === chosen, reading)),
  );
}

/** @param {any} digit @param {boolean} chosen @param {{width: number, height: number}} size */
function box({ box: found, label, accepted }, chosen, size) {
  const low = found.y / size.height < 0.1;
  const kind = `box${accepted ? "" : " refused"}${chosen ? " chosen" : ""}${low ? " low" : ""}`;
  return placed(element("div", { class: kind }, element("span", {}, accepted ? label : "?")), found, size);
}

/** @param {any} made @param {any} box @param {{width: number, height: number}} size */
function placed(made, { x, y, width, height }, size) {
  place(made, { x: x / size.width, y: y / size.height, w: width / size.width, h: height / size.height });
  return made;
}
