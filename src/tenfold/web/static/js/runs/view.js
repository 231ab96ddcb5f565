// The runs: a table of all, and the learning curves of one, live while it trains.

import { spoken } from "../draw/models.js";
import { askPatiently } from "../parts/api.js";
import { hush, tellError } from "../parts/banner.js";
import { byId, element, find } from "../parts/dom.js";
import { isText, moment, number, onLanguage, text } from "../parts/language.js";
import { curves } from "./curves.js";

/** @import { Row, Run, RunWithHistory } from "../types.js" */

/** @type {Intl.NumberFormatOptions} */
const SCORE = { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 };
/** @type {[key: string, style: Intl.NumberFormatOptions][]} */
const CURVES = [["accuracy", { style: "percent" }], ["loss", {}]];
const AGAIN = 5000;

export class RunsView {
  constructor() {
    this.body = byId("runs-body");
    /** @type {Run[]} */
    this.runs = [];
    /** @type {RunWithHistory | null} */
    this.run = null;
    /** @type {EventSource | null} */
    this.events = null;
    this.timer = 0;
    onLanguage(() => this.#show());
  }

  /** @param {string} [name] of the run to show */
  async enter(name) {
    this.leave();
    try {
      this.runs = (await askPatiently("api/runs")).runs;
      this.run = name ? await askPatiently(`api/runs/${encodeURIComponent(name)}`) : null;
      hush("runs");
    } catch (error) {
      this.run = null;
      tellError("runs", error, () => void this.enter(name));
    }
    this.#show();
    if (name) byId("main").scrollIntoView({ block: "start" });
    this.#follow();
    if (this.runs.some((run) => run.state === "running")) this.timer = setTimeout(() => void this.#refresh(), AGAIN);
  }

  /** Another view comes to the front. */
  leave() {
    clearTimeout(this.timer);
    this.events?.close();
    this.events = null;
  }

  async #refresh() {
    try {
      this.runs = (await askPatiently("api/runs")).runs;
      const list = byId("runs-list");
      // Who is at work in the table is not disturbed.
      if (list && !list.contains(document.activeElement)) list.replaceWith(this.#table());
    } catch {
      // The table stays as it was; the next round tells whether the service is back.
    }
    this.timer = setTimeout(() => void this.#refresh(), AGAIN);
  }

  #follow() {
    const { run } = this;
    if (run?.state !== "running") return;
    const { name } = run;
    const events = (this.events = new EventSource(`api/runs/${encodeURIComponent(name)}/events`));
    events.addEventListener("row", (event) => {
      const row = JSON.parse(event.data);
      run.history = [...run.history.filter((old) => old.epoch !== row.epoch), row];
      run.epoch = row.epoch;
      this.#showRun();
    });
    // The stream ends with the run; the browser would begin it anew.
    events.addEventListener("error", () => {
      events.close();
      if (this.events === events) this.timer = setTimeout(() => { if (this.events === events) void this.enter(name); }, 1000);
    });
  }

  #show() {
    if (byId("view-runs").hidden) return;
    if (!this.runs.length) {
      return this.body.replaceChildren(element("div", { class: "empty" }, element("p", {}, text("runs.empty")), element("code", {}, "tenfold train cnn-deep")));
    }
    this.body.replaceChildren(this.run ? element("section", { id: "run", class: "run" }) : "", this.#table());
    this.#showRun();
  }

  #table() {
    const columns = ["name", "recipe", "state", "epochs", "accuracy", "loss", "started"];
    const numbers = ["epochs", "accuracy", "loss"];
    return element("div", { class: "wide", id: "runs-list", tabindex: "0", role: "region", "aria-label": text("runs.title") },
      element("table", { class: "runs-table" },
        element("thead", {}, element("tr", {}, ...columns.map((key) => element("th", { scope: "col", class: numbers.includes(key) ? "number" : null }, text(`runs.${key}`))))),
        element("tbody", {}, ...this.runs.map((run) => this.#row(run)))));
  }

  /** @param {Run} run */
  #row(run) {
    return element("tr", { "aria-current": run.name === this.run?.name ? "true" : null },
      element("td", {}, element("a", { href: `#/runs/${encodeURIComponent(run.name)}` }, spoken(run.name))),
      element("td", {}, run.recipe ?? "–"), element("td", {}, state(run.state)),
      element("td", { class: "number" }, run.epoch === null ? "–" : run.epochs ? `${run.epoch} / ${run.epochs}` : run.epoch),
      element("td", { class: "number" }, run.accuracy === null || run.accuracy === undefined ? "–" : number(run.accuracy, SCORE)),
      element("td", { class: "number" }, run.loss === null || run.loss === undefined ? "–" : number(run.loss, { minimumFractionDigits: 4, maximumFractionDigits: 4 })),
      element("td", {}, run.started ? moment(run.started) : "–"));
  }

  #showRun() {
    const place = byId("run");
    if (!place || !this.run) return;
    const { name, history = [] } = this.run;
    const open = place.querySelector("details")?.open ?? false;
    const focused = ["summary", ".wide", "a"].find((part) => place.contains(document.activeElement) && document.activeElement?.matches(part));
    const report = `api/runs/${encodeURIComponent(name)}/report`;
    place.replaceChildren(
      element("header", {}, element("h2", {}, spoken(name)), state(this.run.state),
        history.length && this.run.state === "finished" ? element("a", { href: report, target: "_blank", rel: "noopener" }, text("runs.report")) : ""),
      ...(history.length
        ? [element("div", { class: "curves" }, ...charts(history, this.run.epochs ?? history.length)), numbersOf(history, open)]
        : [element("p", { class: "note" }, this.run.detail ?? text("runs.none"))]));
    if (focused) find(place, focused)?.focus();
  }
}

/** @param {Row[]} history @param {number} epochs */
function charts(history, epochs) {
  const series = (/** @type {string} */ key) => history.flatMap(({ epoch, [key]: value }) => (typeof value === "number" ? [{ epoch, value }] : []));
  const pair = (/** @type {string} */ key) => [{ name: text("runs.training"), points: series(key) }, { name: text("runs.validation"), points: series(`validation_${key}`) }];
  return CURVES
    .map(([key, style]) => ({ key, style, lines: pair(key) }))
    .filter(({ lines }) => lines.some(({ points }) => points.length))
    .map(({ key, style, lines }) => curves(text(`runs.${key}`), lines, style, epochs));
}

/** @param {Row[]} history @param {boolean} open */
function numbersOf(history, open) {
  const keys = [...new Set(history.flatMap((row) => Object.keys(row)))].filter((key) => history.some((row) => typeof row[key] === "number"));
  const head = element("tr", {}, ...keys.map((key) => element("th", { scope: "col", class: "number" }, columnName(key))));
  const rows = history.map((row) => element("tr", {}, ...keys.map((key) => element("td", { class: "number" }, typeof row[key] === "number" ? number(row[key], { maximumFractionDigits: Math.abs(row[key]) < 100 ? 5 : 0 }) : "–"))));
  return element("details", { class: "fold", open }, element("summary", {}, text("runs.numbers")),
    element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": text("runs.numbers") }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows))));
}

/** @param {string} key a column of the history @returns {string} */
function columnName(key) {
  return isText(`runs.column.${key}`) ? text(`runs.column.${key}`) : key.replaceAll("_", " ");
}

/** @param {string} name */
const state = (name) => element("span", { class: `state ${name}` }, isText(`state.${name}`) ? text(`state.${name}`) : name);
