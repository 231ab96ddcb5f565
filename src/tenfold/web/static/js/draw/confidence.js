// How sure a reading is, in words: a calibrated confidence, or what a network says of itself.

import { percent, text } from "../parts/language.js";

/** @import { Read, Reading } from "../types.js" */

/** @param {Reading} reading @returns {boolean} whether its confidence was fitted to hold */
export const calibrated = (reading) => reading.confidence_kind !== "softmax";

/** @param {Read} reading @returns {string} */
export function confidence(reading) {
  const share = percent(reading.confidence);
  return calibrated(reading) ? share : text("confidence.softmax", { percent: share });
}
