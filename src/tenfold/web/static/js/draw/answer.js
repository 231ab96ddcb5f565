// The answer: the text, how sure it is, the models side by side, and what was done.

import { announce, byId, element, find, place } from "../parts/dom.js";
import { number, percent, text } from "../parts/language.js";
import { Cards, verdict } from "./cards.js";
import { calibrated, confidence } from "./confidence.js";
import { spoken } from "./models.js";

/** @import { Digit, Reading } from "../types.js" */

/** @type {[number, string][]} */
const SURE = [[0.97, "sure"], [0.9, "fairly"], [0.6, "unsure"], [0, "guess"]];

/**
 * @typedef {object} Sheet a drawing or a picture, and what each model reads in it
 * @property {number} number no two have the same
 * @property {Reading[]} readings
 * @property {() => Promise<Blob>} picture
 */

export class Answer {
  /** @param {{model: (at: number) => void, digit: (at: number) => void}} on */
  constructor(on) {
    this.on = on;
    this.words = byId("answer-text");
    this.written = byId("answer-written");
    this.sure = byId("answer-words");
    this.comparison = byId("comparison");
    this.cards = new Cards(byId("cards"), on.digit);
    byId("rest").append(...Array.from({ length: 10 }, (_, label) => alike(label)));
  }

  /** Nothing has been read. @param {string} invitation */
  rest(invitation) {
    this.#words(invitation, "words");
    this.written.hidden = true;
    this.sure.textContent = "";
    byId("rest").hidden = false;
    this.comparison.hidden = true;
    byId("steps-fold").hidden = true;
    this.cards.update([], -1);
  }

  /** @param {Reading[]} readings one a model @param {number} model @param {number} digit both chosen */
  show(readings, model, digit) {
    const reading = readings[model];
    byId("rest").hidden = true;
    this.#headline(reading);
    this.#compare(readings, model);
    this.cards.update(reading.digits ?? [], digit);
    byId("steps-fold").hidden = !reading.steps?.length;
    byId("steps").replaceChildren(...(reading.steps ?? []).map((step) => element("li", {}, step)));
  }

  /** @param {Reading} reading */
  speak(reading) {
    const key = calibrated(reading) ? "answer.spoken" : "answer.spoken.softmax";
    const spoken = text(key, { text: (reading.text ?? "").replaceAll("\n", ", "), percent: percent(reading.confidence ?? 0) });
    announce([reading.text ? spoken : nothing(reading), leftOut(reading)].filter(Boolean).join(" "));
  }

  /** @param {Reading} reading */
  #headline(reading) {
    this.#sign(reading);
    if (!reading.text) {
      this.#words(nothing(reading), reading.digits?.length ? "words refused" : "words");
      this.sure.textContent = reading.problem?.detail ?? (reading.digits?.length ? text("answer.refused.why") : "");
      return;
    }
    const lines = reading.text.split("\n");
    const longest = Math.max(...lines.map((line) => line.length));
    this.#words(reading.text, lines.length > 2 ? "page" : longest > 8 || lines.length > 1 ? "long" : "");
    const level = SURE.find(([least]) => reading.confidence >= least)?.[1];
    // What nobody calibrated is not put into words: how far it can be believed is not known.
    const marks = leftOut(reading);
    const words = calibrated(reading)
      ? [element("b", { class: marks ? "left-out" : null }, marks || text(`sure.${level}`)), ` · ${percent(reading.confidence)}`]
      : [...(marks ? [element("b", { class: "left-out" }, marks), " · "] : []), confidence(reading)];
    this.sure.replaceChildren(...words, ` · ${milliseconds(reading.milliseconds)}`);
  }

  /** @param {Reading[]} readings @param {number} chosen */
  #compare(readings, chosen) {
    this.comparison.hidden = readings.length < 2;
    if (readings.length < 2) return this.comparison.replaceChildren();
    const focused = this.comparison.contains(document.activeElement);
    const head = ["model", "reads", "confidence", "time"].map((key) => element("th", { scope: "col", class: key === "model" || key === "reads" ? null : "number" }, text(`compare.${key}`)));
    const rows = readings.map((reading, at) => element("tr", { class: at === chosen ? "best-shown" : null },
      element("td", {}, element("button", { type: "button", "aria-pressed": String(at === chosen), click: () => this.on.model(at) }, spoken(reading.model))),
      element("td", { class: "read" }, reading.text || "–", leftOut(reading) && element("small", {}, leftOut(reading))),
      element("td", { class: "number" }, reading.text ? confidence(reading) : reading.problem ? text("trouble") : text("compare.refused")),
      element("td", { class: "number" }, reading.problem ? "–" : milliseconds(reading.milliseconds))));
    this.comparison.replaceChildren(element("table", {},
      element("caption", { class: "unseen" }, text("compare.title")),
      element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)));
    if (focused) find(this.comparison, "[aria-pressed=true]")?.focus();
  }

  /** What is written with its signs, where that says more than the text. @param {Reading} reading */
  #sign(reading) {
    const says = Boolean(reading.text) && reading.transcript !== reading.text;
    this.written.hidden = !says;
    if (says && reading.transcript) this.written.replaceChildren(text("answer.written"), " ", element("b", {}, reading.transcript));
  }

  /** @param {string} words @param {string} kind */
  #words(words, kind) {
    this.words.textContent = words;
    this.words.className = `answer-text ${kind}`;
  }
}

/** @param {Reading} reading without text @returns {string} */
export function nothing(reading) {
  if (reading.problem) return reading.problem.title;
  return reading.digits?.length ? verdict(sorted(reading.digits)[0]) : text("answer.nothing");
}

/** @param {Reading} reading @returns {string} how many marks stand in no digit of its text; "" if none do */
export function leftOut(reading) {
  const count = reading.text ? (reading.left_out?.length ?? 0) : 0;
  return count ? text(count === 1 ? "answer.left.one" : "answer.left.many", { count }) : "";
}

/** @param {number} label @returns {HTMLElement} its bar while nothing is known */
function alike(label) {
  const fill = element("i");
  place(fill, { share: 1 });
  return element("span", {}, fill, label);
}

/** @param {Digit[]} digits */
const sorted = (digits) => [...digits].sort((one, other) => other.confidence - one.confidence);

/** @param {number} value */
const milliseconds = (value) => text("milliseconds", { value: number(value, { maximumFractionDigits: value < 10 ? 1 : 0 }) });
