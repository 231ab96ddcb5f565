// Boxes over a drawing or a picture: where digits were found, and which, and what is left out.

import { element, place } from "../parts/dom.js";

/** @import { Box, Digit, Reading } from "../types.js" */
/** @typedef {{width: number, height: number}} Size */

const CROWD = 24;
const NOTHING = { digits: [], left_out: [], width: 1, height: 1 };

/**
 * @param {HTMLElement} layer covers the picture exactly
 * @param {Reading | null | undefined} reading
 * @param {number} chosen index of the chosen digit
 */
export function showBoxes(layer, reading, chosen) {
  const { digits, left_out: marks, ...size } = reading?.digits ? reading : NOTHING;
  layer.classList.toggle("crowded", digits.length > CROWD);
  // A refused digit has a box of its own already.
  const unread = marks.filter((mark) => mark.reason === "unread");
  layer.replaceChildren(
    ...unread.map((mark) => placed(element("div", { class: "box unread" }), mark.box, size)),
    ...digits.map((digit, at) => box(digit, at === chosen, size)),
  );
}

/** @param {Digit} digit @param {boolean} chosen @param {Size} size */
function box({ box: found, label, accepted }, chosen, size) {
  const low = found.y / size.height < 0.1;
  const kind = `box${accepted ? "" : " refused"}${chosen ? " chosen" : ""}${low ? " low" : ""}`;
  return placed(element("div", { class: kind }, element("span", {}, accepted ? label : "?")), found, size);
}

/** @param {HTMLElement} made @param {Box} box @param {Size} size */
function placed(made, { x, y, width, height }, size) {
  place(made, { x: x / size.width, y: y / size.height, w: width / size.width, h: height / size.height });
  return made;
}
