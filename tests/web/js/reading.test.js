import assert from "node:assert/strict";
import { test } from "node:test";

import { leftOut, nothing } from "../../../src/tenfold/web/static/js/draw/answer.js";
import { verdict } from "../../../src/tenfold/web/static/js/draw/cards.js";
import { calibrated, confidence } from "../../../src/tenfold/web/static/js/draw/confidence.js";
import { settled, spoken } from "../../../src/tenfold/web/static/js/draw/models.js";

// Without a catalog a text is its name.
const refused = (confidence, none) => ({ accepted: false, confidence, none });

test("what is left out is told only beside a text", () => {
  const marks = [{ reason: "unread" }, { reason: "refused" }];
  assert.equal(leftOut({ text: "4", left_out: marks }), "answer.left.many");
  assert.equal(leftOut({ text: "4", left_out: marks.slice(1) }), "answer.left.one");
  assert.equal(leftOut({ text: "4", left_out: [] }), "");
  assert.equal(leftOut({ text: "", left_out: marks }), "");
  assert.equal(leftOut({ model: "digits", problem: { title: "Damaged", detail: "" } }), "");
});

test("without a text it is told why: a problem, nothing found, or the surest of the refused", () => {
  assert.equal(nothing({ model: "digits", problem: { title: "Damaged", detail: "" } }), "Damaged");
  assert.equal(nothing({ text: "", digits: [] }), "answer.nothing");
  const digits = [refused(0.1, 0.9), refused(0.4, 0.2)];
  assert.equal(nothing({ text: "", digits }), "answer.refused.doubt");
  assert.equal(verdict(digits[0]), "answer.refused.none");
  assert.deepEqual(digits.map((digit) => digit.confidence), [0.1, 0.4]);
});

test("a softmax is named so", () => {
  const reading = { confidence: 0.5, confidence_kind: "softmax" };
  assert.equal(calibrated(reading), false);
  assert.equal(confidence(reading), "confidence.softmax");
  assert.equal(confidence({ ...reading, confidence_kind: "calibrated" }), "50.0%");
});

test("models that are gone are chosen no more, and one always is", () => {
  const known = [{ name: "mine" }, { name: "digits", default: true }, { name: "champion" }];
  assert.deepEqual(settled(["champion", "gone", "mine"], known), ["mine", "champion"]);
  assert.deepEqual(settled(["gone"], known), ["digits"]);
  assert.deepEqual(settled([], known.slice(0, 1)), ["mine"]);
  assert.deepEqual(settled(["gone"], []), []);
});

test("a run inside a folder is spoken with slashes", () => assert.equal(spoken("study~a~b"), "study/a/b"));
