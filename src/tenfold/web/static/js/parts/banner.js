// One calm place for what went wrong.

import { Problem, inWords, isAborted } from "./api.js";
import { byId, element } from "./dom.js";
import { text } from "./language.js";

/** Whose trouble the banner tells of, so that only its own success takes it away. */
let about = "";

/**
 * @param {string} topic
 * @param {{title: string, detail?: string, calm?: boolean, again?: () => void}} trouble
 */
export function tell(topic, { title, detail = "", calm = false, again }) {
  about = topic;
  const banner = byId("banner");
  banner.className = calm ? "banner calm" : "banner";
  banner.replaceChildren(
    element("div", {}, element("strong", {}, title), detail),
    again ? element("button", { type: "button", click: () => { hush(topic); again(); } }, text("again")) : "",
    element("button", { type: "button", click: () => hush(topic) }, text("close")),
  );
  banner.hidden = false;
}

/**
 * @param {string} topic
 * @param {unknown} error a Problem, or whatever was thrown
 * @param {() => void} [again] how to try once more
 */
export function tellError(topic, error, again) {
  if (isAborted(error)) return;
  tell(topic, { ...inWords(error), calm: error instanceof Problem && error.passing, again });
}

/** @param {string} topic */
export function hush(topic) {
  if (about === topic) byId("banner").hidden = true;
}
