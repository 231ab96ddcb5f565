// The ink that the network found in what is looked at, with the digits' boxes.

import { askPatiently } from "../parts/api.js";
import { element } from "../parts/dom.js";
import { text } from "../parts/language.js";

/**
 * @param {import("./answer.js").Sheet} sheet
 * @param {import("../types.js").Query} query how it was read
 * @param {AbortSignal} signal
 * @returns {Promise<Node[]>}
 */
export async function planes(sheet, query, signal) {
  const body = await sheet.picture();
  const drawn = await askPatiently("api/ink", { body, query, picture: true, signal });
  const image = element("img", { class: "planes", src: URL.createObjectURL(drawn), alt: text("planes.alt") });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return [image, element("p", { class: "note" }, text("planes.note"))];
}
