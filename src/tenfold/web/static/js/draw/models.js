// Which models read, and how: a box to tick for each, and the reader's options.

import { askPatiently } from "../parts/api.js";
import { tellError } from "../parts/banner.js";
import { announce, byId, element } from "../parts/dom.js";
import { isText, number, onLanguage, percent, text } from "../parts/language.js";
import { remember, remembered } from "../parts/storage.js";

/** @import { Model, Query } from "../types.js" */

// The service reads with at most so many in one request.
const MOST = 8;

/** @param {string} name of a model or run @returns {string} as a person writes it */
export const spoken = (name) => name.replaceAll("~", "/");

export class Models {
  /** @param {() => void} changed called when something else is to be asked */
  constructor(changed) {
    this.changed = changed;
    /** @type {Model[]} */
    this.known = [];
    /** @type {string[]} */
    this.chosen = (remembered("models") ?? "").split(" ").filter(Boolean);
    this.layout = byId("layout");
    this.threshold = byId("threshold");
    this.layout.addEventListener("change", () => this.#options());
    this.threshold.addEventListener("input", () => this.#told());
    this.threshold.addEventListener("change", () => this.#options());
    onLanguage(() => this.#show());
  }

  /** Ask the service which models there are; those trained meanwhile appear. */
  async load() {
    try {
      this.known = (await askPatiently("api/models")).models;
      this.#settle();
      this.#show();
    } catch (error) {
      tellError("models", error, () => void this.load());
    }
  }

  /** @returns {Query} for api/read */
  query() {
    return { model: this.chosen, layout: this.layout.value, threshold: Number(this.threshold.value) };
  }

  #settle() {
    this.chosen = settled(this.chosen, this.known);
  }

  #options() {
    this.#told();
    this.changed();
  }

  #told() {
    byId("threshold-now").textContent = percent(Number(this.threshold.value));
    byId("options-now").textContent = this.chosen.map(spoken).join(" · ");
  }

  #show() {
    const legend = byId("models").querySelector("legend");
    byId("models").replaceChildren(legend ?? "", element("div", { class: "models-list" }, ...this.known.map((model) => this.#box(model))));
    this.#told();
  }

  /** @param {Model} model */
  #box(model) {
    const tick = element("input", { type: "checkbox", value: model.name, checked: this.chosen.includes(model.name), change: () => this.#ticked(tick) });
    return element("label", { class: "check" }, tick, element("span", {}, spoken(model.name), element("small", {}, facts(model))));
  }

  /** @param {HTMLInputElement} tick */
  #ticked(tick) {
    const next = tick.checked ? [...this.chosen, tick.value] : this.chosen.filter((name) => name !== tick.value);
    if (!next.length || next.length > MOST) {
      tick.checked = !tick.checked;
      announce(text("options.count", { most: MOST }));
      return;
    }
    this.chosen = next;
    this.#settle();
    remember("models", this.chosen.join(" "));
    this.#options();
  }
}

/**
 * @param {string[]} chosen
 * @param {Model[]} known
 * @returns {string[]} those that are chosen and still there, in the service's order; never none
 */
export function settled(chosen, known) {
  const left = known.map((model) => model.name).filter((name) => chosen.includes(name));
  const first = known.find((model) => model.default) ?? known[0];
  return left.length || !first ? left : [first.name];
}

/** @param {Model} model @returns {string} */
function facts(model) {
  return [
    isText(`model.${model.name}`) ? text(`model.${model.name}`) : model.title,
    model.accuracy !== null && model.accuracy !== undefined && text("options.accuracy", { percent: number(model.accuracy, { style: "percent", minimumFractionDigits: 2 }) }),
    model.parameters && text("options.parameters", { count: number(model.parameters) }),
    model.refuses && text("options.refuses"),
  ].filter(Boolean).join(" · ");
}
