// The corrections: seen, taken back, exported, and learned from.

import { spoken } from "../draw/models.js";
import { Problem, address, ask, askPatiently } from "../parts/api.js";
import { hush, tellError } from "../parts/banner.js";
import { all, announce, byId, element, find, icon } from "../parts/dom.js";
import { moment, onLanguage, text } from "../parts/language.js";
import { placedCanvas } from "../parts/pixels.js";

/** @import { Correction, Model } from "../types.js" */

const PAGE = 60;

export class CorrectionsView {
  constructor() {
    this.body = byId("corrections-body");
    /** @type {Correction[]} */
    this.list = [];
    this.count = 0;
    /** @type {Model[]} */
    this.models = [];
    /** @type {string[]} */
    this.formats = [];
    this.format = "";
    this.start = "";
    onLanguage(() => this.#show());
  }

  async enter() {
    try {
      const [told, { models }] = await Promise.all([askPatiently("api/corrections", { query: { limit: PAGE } }), askPatiently("api/models")]);
      Object.assign(this, { list: told.corrections, count: told.count, formats: told.formats, models: models.filter((model) => model.learn) });
      this.start = this.models.some((model) => model.name === this.start) ? this.start : ((this.models.find((model) => model.name === "cnn-deep") ?? this.models[0])?.name ?? "");
      this.format = this.formats.includes(this.format) ? this.format : this.formats[0];
      hush("corrections");
      this.#show();
    } catch (error) {
      tellError("corrections", error, () => void this.enter());
    }
  }

  #show() {
    if (byId("view-corrections").hidden) return;
    if (!this.list.length) {
      const empty = element("div", { class: "empty" }, element("p", {}, text("corrections.empty")), element("a", { class: "button", href: "#/draw" }, text("corrections.draw")));
      return this.body.replaceChildren(empty);
    }
    this.body.replaceChildren(
      this.#tools(),
      element("ul", { class: "gallery", "aria-label": text("corrections.title") }, ...this.list.map((one) => this.#item(one))),
      this.list.length < this.count ? element("button", { type: "button", click: () => void this.#more() }, text("corrections.more", { count: this.count - this.list.length })) : "",
      this.#command(),
    );
  }

  #tools() {
    const link = element("a", { class: "button", id: "export", download: "", href: this.#export() }, text("corrections.export"));
    const formats = element("select", { id: "format", change: () => { this.format = formats.value; link.href = this.#export(); } }, ...this.formats.map((name) => element("option", { value: name, selected: name === this.format }, name)));
    return element("div", { class: "bar-of-tools" },
      element("p", { id: "corrections-count" }, text("corrections.count", { count: this.count })),
      element("label", {}, text("corrections.format"), formats), link);
  }

  #export() {
    return address("api/corrections/export", { format: this.format });
  }

  /** @param {Correction} one */
  #item(one) {
    const from = one.guess === null ? "" : text("corrections.guess", { guess: one.guess });
    return element("li", {},
      placedCanvas(one.placed, text("corrections.one", { label: one.label })),
      element("span", { class: "label" }, one.label),
      element("button", { type: "button", class: "quiet icon-only", "aria-label": text("corrections.remove", { label: one.label }), click: () => void this.#remove(one) }, icon("close")),
      element("span", { class: "note" }, [from, one.model && spoken(one.model)].filter(Boolean).join(" · "), element("br"), moment(one.created)));
  }

  /** @param {Correction} one */
  async #remove(one) {
    try {
      await ask(`api/corrections/${one.id}`, { method: "DELETE" });
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) return tellError("corrections", error);
    }
    const at = this.list.indexOf(one);
    this.list.splice(at, 1);
    this.count -= 1;
    announce(text("correct.undone"));
    this.#show();
    const buttons = all(this.body, ".gallery button");
    (buttons[Math.min(at, buttons.length - 1)] ?? find(this.body, "a"))?.focus();
  }

  async #more() {
    try {
      const told = await askPatiently("api/corrections", { query: { limit: PAGE, before: this.list.at(-1)?.id } });
      this.list.push(...told.corrections);
      this.count = told.count;
      this.#show();
    } catch (error) {
      tellError("corrections", error);
    }
  }

  #command() {
    const code = element("code", { id: "command" }, this.#line());
    const choice = element("select", { id: "start", change: () => { this.start = choice.value; code.textContent = this.#line(); } }, ...this.models.map((model) => element("option", { value: model.name, selected: model.name === this.start }, spoken(model.name))));
    const copy = element("button", { type: "button", class: "main", click: () => void this.#copy(copy, code) }, text("corrections.copy"));
    return element("section", { class: "command" },
      element("h2", {}, text("corrections.learn")), element("p", {}, text("corrections.learn.how")),
      this.models.length > 1 ? element("label", { class: "row" }, text("corrections.start"), choice) : "",
      element("div", { class: "line" }, code, copy));
  }

  /** @returns {string} the command that learns from the corrections */
  #line() {
    return this.models.find((one) => one.name === this.start)?.learn ?? "";
  }

  /** @param {HTMLElement} button @param {HTMLElement} code */
  async #copy(button, code) {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      button.textContent = text("corrections.copied");
      announce(text("corrections.copied"));
      setTimeout(() => { button.textContent = text("corrections.copy"); }, 2000);
    } catch {
      // Without the clipboard's leave, the command is selected for copying by hand.
      getSelection()?.selectAllChildren(code);
      announce(text("corrections.selected"));
    }
  }
}
