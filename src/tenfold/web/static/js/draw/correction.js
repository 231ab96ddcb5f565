// "It was a 7": ten buttons, kept by the service, and taken back if it was a slip.

import { Problem, ask } from "../parts/api.js";
import { hush, tellError } from "../parts/banner.js";
import { all, announce, element } from "../parts/dom.js";
import { text } from "../parts/language.js";
import { toBase64 } from "../parts/pixels.js";

/** @import { Correction as Kept, Digit } from "../types.js" */

export class Correction {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.keeps = false;
    /** @type {Digit | null} */
    this.digit = null;
    this.model = "";
    this.picture = async () => new Blob();
    /** What was corrected on this page: the placed digit to the correction. @type {Map<string, Kept>} */
    this.kept = new Map();
  }

  /** @param {Digit} digit @param {string} model @param {() => Promise<Blob>} picture */
  show(digit, model, picture) {
    Object.assign(this, { digit, model, picture });
    this.#draw();
  }

  #draw() {
    if (!this.digit) return;
    const kept = this.kept.get(this.digit.placed);
    const buttons = Array.from({ length: 10 }, (_, label) => element("button", {
      type: "button", "aria-pressed": String(kept?.label === label), "aria-label": text("correct.was", { label }), click: () => void this.#correct(label),
    }, label));
    const tick = element("input", { type: "checkbox", checked: this.keeps, change: () => { this.keeps = tick.checked; } });
    this.place.replaceChildren(
      element("h3", { id: "was" }, text("correct.title")),
      element("div", { class: "labels", role: "group", "aria-labelledby": "was" }, ...buttons),
      kept
        ? element("p", { class: "row kept" }, element("span", {}, text("correct.kept", { label: kept.label })), element("button", { type: "button", class: "undo-correction", click: () => void this.#undo(kept) }, text("correct.undo")))
        : element("label", { class: "check note" }, tick, text("correct.keep")),
    );
  }

  /** @param {number} label */
  async #correct(label) {
    const { digit, model, picture } = this;
    if (!digit) return;
    try {
      const before = this.kept.get(digit.placed);
      const whole = this.keeps ? toBase64(new Uint8Array(await (await picture()).arrayBuffer())) : null;
      const kept = await ask("api/corrections", { json: { placed: digit.placed, label, guess: digit.label, model, picture: whole } });
      this.kept.set(digit.placed, kept);
      if (before) await ask(`api/corrections/${before.id}`, { method: "DELETE" });
      hush("correct");
      announce(text("correct.kept", { label }));
    } catch (error) {
      tellError("correct", error);
    }
    this.#refresh(label);
  }

  /** @param {Kept} kept */
  async #undo(kept) {
    try {
      await ask(`api/corrections/${kept.id}`, { method: "DELETE" });
    } catch (error) {
      // What is gone already is as good as taken back.
      if (!(error instanceof Problem && error.status === 404)) return tellError("correct", error);
    }
    this.kept.delete(kept.placed);
    announce(text("correct.undone"));
    this.#refresh(kept.label);
  }

  /** @param {number} label whose button gets the focus again */
  #refresh(label) {
    const focused = this.place.contains(document.activeElement) || document.activeElement === document.body;
    this.#draw();
    if (focused) all(this.place, ".labels button")[label].focus();
  }
}
