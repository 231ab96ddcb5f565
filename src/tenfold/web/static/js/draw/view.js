// The view where one draws or shows a picture, and sees it read.

import { Problem, inWords, isAborted } from "../parts/api.js";
import { tellError } from "../parts/banner.js";
import { byId, element } from "../parts/dom.js";
import { onLanguage, text } from "../parts/language.js";
import { remember, remembered } from "../parts/storage.js";
import { onTheme } from "../parts/theme.js";
import { Answer } from "./answer.js";
import { Board } from "./board.js";
import { showBoxes } from "./boxes.js";
import { startCamera } from "./camera.js";
import { Correction } from "./correction.js";
import { insight } from "./insight.js";
import { startKeyboardPen } from "./keyboard.js";
import { neighbors } from "./neighbors.js";
import { LiveReader } from "./live.js";
import { Models } from "./models.js";
import { Pictures } from "./pictures.js";
import { planes } from "./planes.js";

/** @import { Digit, Reading } from "../types.js" */
/** @import { Sheet } from "./answer.js" */

let sheets = 0;
const next = () => (sheets += 1);

export class DrawView {
  constructor() {
    /** What is looked at. @type {Sheet | null} */
    this.sheet = null;
    this.model = "";
    this.digit = 0;
    this.models = new Models(() => this.#askAgain());
    this.board = new Board(byId("ink"), { drawing: () => this.#drawing(), changed: () => this.#drawn() });
    this.live = new LiveReader({ picture: () => this.board.picture(), query: () => this.models.query(), show: (readings, timing) => this.#read(readings, timing) });
    this.pictures = new Pictures({ query: () => this.models.query(), chosen: (shot) => this.#shown(shot) });
    this.answer = new Answer({ model: (at) => this.#choose(at, 0), digit: (at) => this.#choose(this.#at(), at) });
    this.correction = new Correction(byId("correction"));
    this.folds = [this.#fold("insight", insight), this.#fold("neighbors", neighbors)];
    this.planes = this.#part("planes", (sheet, model) => `${sheet.number} ${model}`,
      (sheet, model, signal) => planes(sheet, { ...this.models.query(), model }, signal));
    startKeyboardPen(this.board, byId("crosshair"));
    startCamera((files) => this.pictures.add(files));
    this.#tools();
    this.#rest();
    onTheme(() => this.board.repaint());
    onLanguage(() => this.#askAgain());
  }

  /** The view comes to the front. */
  async enter() {
    this.board.repaint();
    await this.models.load();
  }

  #tools() {
    for (const name of /** @type {const} */ (["undo", "redo", "clear"])) byId(name).addEventListener("click", () => this.#tool(name));
    byId("back").addEventListener("click", () => {
      this.pictures.choose(null);
      this.board.canvas.focus();
    });
    const pen = byId("pen");
    pen.value = remembered("pen") ?? pen.value;
    const chosen = () => { this.board.pen = Number(pen.value); };
    pen.addEventListener("input", () => { chosen(); remember("pen", pen.value); });
    chosen();
    document.addEventListener("keydown", (event) => this.#shortcut(event));
    this.#buttons();
  }

  /** @param {"undo" | "redo" | "clear"} name */
  #tool(name) {
    if (!this.pictures.current) this.board[name]();
  }

  /** @param {KeyboardEvent} event */
  #shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || byId("view-draw").hidden || byId("camera-dialog").open) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.#tool(key === "y" || event.shiftKey ? "redo" : "undo");
  }

  #buttons() {
    const { strokes } = this.board;
    const behind = Boolean(this.pictures.current);
    byId("back").hidden = !behind;
    for (const id of ["undo", "redo", "clear", "pen-label"]) byId(id).hidden = behind;
    byId("undo").disabled = !strokes.canUndo;
    byId("redo").disabled = !strokes.canRedo;
    byId("clear").disabled = strokes.isEmpty;
    byId("hint").hidden = !strokes.isEmpty;
  }

  #drawing() {
    byId("hint").hidden = true;
    byId("answer").dataset.state = "writing";
    this.live.touch();
  }

  #drawn() {
    this.#buttons();
    if (this.board.strokes.isEmpty) {
      this.live.stop();
      this.#rest();
    } else this.live.settle();
  }

  #rest() {
    this.sheet = null;
    this.#render();
  }

  /** The models, the options or the language have changed. */
  #askAgain() {
    this.#buttons();
    this.pictures.again();
    this.pictures.show();
    this.#render();
    if (!this.pictures.current && !this.board.strokes.isEmpty) this.live.settle();
  }

  /** @param {Reading[]} readings @param {import("./live.js").Timing} timing */
  #read(readings, { final, milliseconds }) {
    if (this.pictures.current) return;
    this.sheet = { number: next(), readings, picture: () => this.board.picture() };
    this.#render(!final);
    if (!final) return;
    const answer = byId("answer");
    answer.dataset.penUpMilliseconds = milliseconds.toFixed(1);
    if (!this.board.isDrawing) answer.dataset.state = "read";
    this.answer.speak(readings[this.#at()]);
  }

  /** @param {import("./pictures.js").Shot | null} shot */
  #shown(shot) {
    this.live.stop();
    byId("board").hidden = Boolean(shot);
    byId("picture").hidden = !shot;
    this.#buttons();
    if (!shot) {
      this.board.repaint();
      return this.#drawn();
    }
    const image = byId("picture-image");
    if (image.src !== shot.url) {
      image.onload = () => byId("picture").firstElementChild?.classList.toggle("small", Math.max(image.naturalWidth, image.naturalHeight) < 160);
      image.src = shot.url;
      this.digit = 0;
    }
    image.alt = shot.file.name;
    byId("picture-caption").textContent = shot.file.name;
    this.sheet = shot.readings && { number: next(), readings: shot.readings, picture: async () => shot.file };
    this.#render();
    if (shot.readings) this.answer.speak(shot.readings[this.#at()]);
  }

  /** @returns {number} index of the reading of the model in view */
  #at() {
    return Math.max(0, this.sheet?.readings.findIndex((reading) => reading.model === this.model) ?? 0);
  }

  /** @param {number} model @param {number} digit */
  #choose(model, digit) {
    this.model = this.sheet?.readings[model].model ?? "";
    this.digit = digit;
    this.#render();
  }

  /** @param {boolean} [passing] whether the next reading comes soon */
  #render(passing = false) {
    const at = this.#at();
    const reading = this.sheet?.readings[at];
    const digits = reading?.digits ?? [];
    this.digit = Math.min(Math.max(0, this.digit), Math.max(0, digits.length - 1));
    if (reading) this.answer.show(this.sheet?.readings ?? [], at, this.digit);
    else this.answer.rest(this.pictures.current ? text("answer.reading") : text("answer.rest"));
    showBoxes(byId("board-boxes"), this.pictures.current ? null : reading, this.digit);
    showBoxes(byId("picture-boxes"), this.pictures.current ? reading : null, this.digit);
    byId("chosen").hidden = digits.length === 0;
    if (reading && !passing) this.planes();
    if (!reading || !digits.length || passing) return;
    const digit = digits[this.digit];
    byId("chosen-title").textContent = text(digit.accepted ? "chosen.title" : "chosen.refused", { number: this.digit + 1, label: digit.label });
    this.correction.show(digit, reading.model, this.sheet?.picture ?? (async () => new Blob()));
    for (const fold of this.folds) fold();
  }

  /**
   * What is told of the chosen digit, where there is one.
   * @param {"insight" | "neighbors"} id
   * @param {(digit: Digit, model: string, signal: AbortSignal) => Promise<Node[]>} load
   * @returns {() => void}
   */
  #fold(id, load) {
    const digit = (/** @type {Sheet} */ sheet) => sheet.readings[this.#at()].digits?.[this.digit];
    return this.#part(id, (sheet, model) => digit(sheet) && `${model} ${digit(sheet)?.placed}`,
      async (sheet, model, signal) => {
        const chosen = digit(sheet);
        return chosen ? load(chosen, model, signal) : [];
      });
  }

  /**
   * A part that is asked for only while it is open.
   * @param {"insight" | "neighbors" | "planes"} id
   * @param {(sheet: Sheet, model: string) => string | undefined} about what it would show; nothing if it cannot
   * @param {(sheet: Sheet, model: string, signal: AbortSignal) => Promise<Node[]>} load
   * @returns {() => void} shows it, if it is open
   */
  #part(id, about, load) {
    const [fold, body] = [byId(id), byId(`${id}-body`)];
    let shown = "";
    let going = new AbortController();
    const show = async () => {
      const sheet = this.sheet;
      const model = sheet?.readings[this.#at()].model;
      const key = sheet && model !== undefined && about(sheet, model);
      const wanted = `${document.documentElement.lang} ${key}`;
      if (!fold.open || !key || wanted === shown) return;
      going.abort();
      going = new AbortController();
      shown = wanted;
      if (!body.childElementCount) body.replaceChildren(element("p", { class: "note" }, text("loading")));
      body.setAttribute("aria-busy", "true");
      try {
        body.replaceChildren(...(await load(sheet, model, going.signal)));
      } catch (error) {
        if (isAborted(error)) return;
        shown = "";
        body.replaceChildren(element("p", { class: "note" }, inWords(error).detail || inWords(error).title));
        if (!(error instanceof Problem && error.status)) tellError(id, error);
      }
      body.removeAttribute("aria-busy");
    };
    fold.addEventListener("toggle", () => void show());
    return () => void show();
  }
}
