import assert from "node:assert/strict";
import { before, test } from "node:test";

import { isText, language, languageTag, moment, number, onLanguage, percent, preferred, text, useLanguage } from "../../../src/tenfold/web/static/js/parts/language.js";
import { remember, remembered } from "../../../src/tenfold/web/static/js/parts/storage.js";

const CATALOGS = { en: { hello: "Hello {name}, {name}!", late: "Too late." }, zh: { hello: "你好，{name}！" } };

before(() => {
  globalThis.document = { documentElement: {}, body: { querySelectorAll: () => [] } };
  globalThis.fetch = async (address) => Response.json(CATALOGS[/(\w+)\.json$/.exec(address)[1]]);
});

test("the first language that is known is spoken", () => {
  assert.equal(preferred(["zh-Hans-CN", "en"]), "zh");
  assert.equal(preferred([null, "fr", "EN-us", "zh"]), "en");
  assert.equal(preferred([null, "de"]), "en");
  assert.equal(preferred([]), "en");
});

test("a text is filled in, in the language that is spoken, else in English", async () => {
  await useLanguage("en");
  assert.equal(text("hello", { name: "Ada" }), "Hello Ada, Ada!");
  let told = 0;
  onLanguage(() => { told += 1; });
  await useLanguage("zh");
  assert.deepEqual([told, language(), languageTag(), document.documentElement.lang], [1, "zh", "zh-CN", "zh-CN"]);
  assert.equal(text("hello", { name: "Ada" }), "你好，Ada！");
  assert.equal(text("late"), "Too late.");
  assert.deepEqual([isText("hello"), isText("late")], [true, false]);
});

test("what is not there shows its name, and a value may look like a place", async () => {
  await useLanguage("en");
  assert.equal(text("nowhere"), "nowhere");
  assert.equal(text("hello"), "Hello {name}, {name}!");
  assert.equal(text("hello", { name: "{name} $&" }), "Hello {name} $&, {name} $&!");
  assert.equal(text("hello", { name: 0 }), "Hello 0, 0!");
});

test("a share is cut, so that 100% is never shown for less", async () => {
  await useLanguage("en");
  assert.deepEqual([percent(0.9999), percent(1), percent(0.29), percent(0)], ["99.9%", "100.0%", "29.0%", "0.0%"]);
  assert.equal(number(1234.5), "1,234.5");
});

test("a moment that cannot be read is shown as it came", () => {
  assert.equal(moment("yesterday"), "yesterday");
  assert.match(moment("2026-01-02T03:04:05Z"), /2026/);
});

test("what a browser does not let the page keep is forgotten without a word", () => {
  const refuse = () => { throw new Error("no"); };
  globalThis.localStorage = { getItem: refuse, setItem: refuse };
  remember("pen", "12");
  assert.equal(remembered("pen"), null);
});
