// A card for each digit: what the network saw, and its ten probabilities as bars.

import { element, place } from "../parts/dom.js";
import { percent, text } from "../parts/language.js";
import { SIZE, fromBase64, paintGray } from "../parts/pixels.js";

/** @import { Digit } from "../types.js" */

const SHOWN = 24;

/** The list of cards; cards are kept while readings change, so that bars move and focus stays. */
export class Cards {
  /** @param {HTMLElement} list @param {(at: number) => void} choose */
  constructor(list, choose) {
    this.list = list;
    this.choose = choose;
    this.all = false;
    /** @type {Digit[]} */
    this.digits = [];
    this.chosen = -1;
    /** @type {Card[]} */
    this.cards = [];
    this.more = element("button", { type: "button", class: "more", click: () => { this.all = true; this.update(this.digits, this.chosen); } });
    list.after(this.more);
    this.more.hidden = true;
  }

  /** @param {Digit[]} digits @param {number} chosen */
  update(digits, chosen) {
    this.digits = digits;
    this.chosen = chosen;
    const count = this.all ? digits.length : Math.min(SHOWN, digits.length);
    while (this.cards.length < count) {
      const at = this.cards.length;
      const card = new Card(() => this.choose(at));
      this.cards.push(card);
      this.list.append(card.item);
    }
    for (const card of this.cards.splice(count)) card.item.remove();
    this.cards.forEach((card, at) => card.update(digits[at], at, at === chosen));
    this.more.hidden = count === digits.length;
    this.more.textContent = text("answer.more", { count: digits.length - count });
  }
}

class Card {
  /** @param {() => void} choose */
  constructor(choose) {
    this.label = element("span", { class: "card-label" });
    this.sure = element("span", { class: "card-sure" });
    this.verdict = element("span", { class: "card-verdict" });
    this.pick = element("button", { type: "button", class: "card-pick", click: choose }, this.label, this.sure, this.verdict);
    this.canvas = element("canvas", { class: "pixels", role: "img" });
    this.bars = Array.from({ length: 11 }, (_, at) => {
      const fill = element("i");
      return { fill, bar: element("span", { class: "bar" }, fill, element("b", {}, at < 10 ? at : "∅")) };
    });
    this.chart = element("div", { class: "bars", role: "img" }, ...this.bars.map(({ bar }) => bar));
    this.item = element("li", { class: "card" }, this.canvas, this.pick, this.chart);
    this.placed = "";
  }

  /** @param {Digit} digit @param {number} at @param {boolean} chosen */
  update(digit, at, chosen) {
    this.item.className = `card${digit.accepted ? "" : " refused"}${chosen ? " chosen" : ""}`;
    this.label.textContent = String(digit.label);
    this.sure.textContent = percent(digit.confidence);
    this.verdict.textContent = digit.accepted ? "" : verdict(digit);
    this.pick.setAttribute("aria-pressed", String(chosen));
    this.pick.setAttribute("aria-label", summary(digit, at));
    this.canvas.setAttribute("aria-label", text("answer.seen", { number: at + 1 }));
    if (digit.placed !== this.placed) paintGray(this.canvas, fromBase64(digit.placed), SIZE, SIZE);
    this.placed = digit.placed;
    const shares = [...digit.probabilities, digit.none];
    this.bars.forEach(({ bar, fill }, label) => {
      place(fill, { share: shares[label] });
      bar.className = `bar${label === digit.label ? " best" : ""}${label === 10 ? " none" : ""}`;
      bar.title = share(label, shares[label]);
    });
    this.chart.setAttribute("aria-label", shares.map((much, label) => share(label, much)).join(", "));
  }
}

/** @param {Digit} digit @returns {string} why it was refused */
export const verdict = (digit) => text(digit.none > 0.5 ? "answer.refused.none" : "answer.refused.doubt");

/** @param {number} label 10 means no digit @param {number} much */
const share = (label, much) => `${label < 10 ? label : text("answer.none")}: ${percent(much)}`;

/** @param {Digit} digit @param {number} at */
function summary(digit, at) {
  const told = text("answer.digit", { number: at + 1, label: digit.label, percent: percent(digit.confidence) });
  return digit.accepted ? told : `${told}, ${verdict(digit)}`;
}
