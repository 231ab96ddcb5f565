// Pictures from files, the clipboard or the camera: a tray of what was read in each.

import { askPatiently, inWords } from "../parts/api.js";
import { all, byId, element, find, icon } from "../parts/dom.js";
import { text } from "../parts/language.js";
import { leftOut, nothing } from "./answer.js";
import { confidence } from "./confidence.js";
import { patience } from "./live.js";

/** @import { Query, Reading } from "../types.js" */

/**
 * @typedef {object} Shot one picture
 * @property {File} file
 * @property {string} url for showing it
 * @property {Reading[] | null} readings null until they are there
 */

export class Pictures {
  /** @param {{query: () => Query, chosen: (shot: Shot | null) => void}} on */
  constructor({ query, chosen }) {
    this.query = query;
    this.on = chosen;
    /** @type {Shot[]} */
    this.shots = [];
    /** @type {Shot | null} */
    this.current = null;
    this.round = 0;
    this.tray = byId("tray");
    for (const input of [byId("files"), byId("still")]) {
      input.addEventListener("change", () => {
        this.add([...(input.files ?? [])]);
        input.value = "";
      });
    }
    byId("open").addEventListener("click", () => byId("files").click());
    this.#takeDrops();
    document.addEventListener("paste", (event) => this.#given(event, event.clipboardData));
  }

  /** @param {File[]} files */
  add(files) {
    if (!files.length) return;
    const shots = files.map((file) => ({ file, url: URL.createObjectURL(file), readings: null }));
    this.shots.push(...shots);
    this.choose(shots[0]);
    void this.#read(shots);
  }

  /** Read all once more: the models, the options or the language have changed. */
  again() {
    this.round += 1;
    if (this.shots.length) void this.#read(this.shots);
  }

  /** @param {Shot | null} shot */
  choose(shot) {
    this.current = shot;
    this.show();
    this.on(shot);
  }

  /** Show the tray. */
  show() {
    this.tray.hidden = this.shots.length === 0;
    this.tray.replaceChildren(...this.shots.map((shot) => this.#item(shot)));
  }

  /** One after the other, so that a hundred pictures leave the service free for others. @param {Shot[]} shots */
  async #read(shots) {
    const round = this.round;
    for (const shot of [...shots]) {
      const readings = await this.#readings(shot);
      if (round !== this.round) return;
      if (!this.shots.includes(shot)) continue;
      shot.readings = readings;
      this.show();
      if (shot === this.current) this.on(shot);
    }
  }

  /** @param {Shot} shot @returns {Promise<Reading[]>} */
  async #readings(shot) {
    try {
      return (await askPatiently("api/read", { body: shot.file, query: this.query() }, patience)).readings;
    } catch (error) {
      return [{ model: "", problem: inWords(error) }];
    }
  }

  /** @param {Shot} shot */
  #item(shot) {
    const reading = shot.readings?.[0];
    const said = !reading ? "…" : reading.text ? reading.text.replaceAll("\n", " / ") : nothing(reading);
    const about = [reading?.text && confidence(reading), reading && leftOut(reading), shot.file.name].filter(Boolean).join(" · ");
    return element("li", {},
      element("button", { type: "button", class: "pick", "aria-pressed": String(shot === this.current), click: () => this.#pick(shot) },
        element("img", { class: "thumb", src: shot.url, alt: "" }), element("span", { class: "told" }, element("b", {}, said), element("small", {}, about))),
      element("button", { type: "button", class: "quiet icon-only remove", "aria-label": text("draw.remove", { name: shot.file.name }), click: () => this.#remove(shot) }, icon("close")));
  }

  /** @param {Shot} shot */
  #pick(shot) {
    this.choose(shot);
    find(this.tray, "[aria-pressed=true]")?.focus();
  }

  /** @param {Shot} shot */
  #remove(shot) {
    URL.revokeObjectURL(shot.url);
    const at = this.shots.indexOf(shot);
    this.shots.splice(at, 1);
    this.choose(shot === this.current ? (this.shots[Math.min(at, this.shots.length - 1)] ?? null) : this.current);
    (all(this.tray, ".pick")[Math.min(at, this.shots.length - 1)] ?? byId("open")).focus();
  }

  #takeDrops() {
    const show = (/** @type {DragEvent} */ event) => {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      document.body.classList.toggle("dropping", event.type !== "dragleave" || event.relatedTarget !== null);
    };
    for (const name of /** @type {const} */ (["dragenter", "dragover", "dragleave"])) document.addEventListener(name, show);
    document.addEventListener("drop", (event) => {
      document.body.classList.remove("dropping");
      this.#given(event, event.dataTransfer);
    });
  }

  /** @param {Event} event @param {DataTransfer | null} carried */
  #given(event, carried) {
    const files = [...(carried?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    if (location.hash && !location.hash.startsWith("#/draw")) location.hash = "#/draw";
    this.add(files);
  }
}
