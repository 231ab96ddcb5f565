import assert from "node:assert/strict";
import { test } from "node:test";

import { Strokes, paintEnd, paintStroke } from "../../../src/tenfold/web/static/js/draw/strokes.js";

const stroke = [10, 40, 90, 60, 20].map((x, at) => ({ x, y: 30 * at, width: 20 + at }));

/** A context that only writes down what it is told, with the pen's width. */
function recorder() {
  const calls = [];
  const note = (name) => (...values) => calls.push([name, ...values]);
  const names = ["beginPath", "moveTo", "lineTo", "quadraticCurveTo", "stroke", "arc", "fill"];
  return Object.assign(Object.fromEntries(names.map((name) => [name, note(name)])), { calls, set lineWidth(width) { calls.push(["width", width]); } });
}

test("every change is taken back and brought back", () => {
  const strokes = new Strokes();
  strokes.add(stroke);
  strokes.add([stroke[0]]);
  strokes.clear();
  assert.ok(strokes.isEmpty);
  strokes.undo();
  assert.deepEqual(strokes.all, [stroke, [stroke[0]]]);
  strokes.undo();
  strokes.undo();
  strokes.undo();
  assert.ok(strokes.isEmpty && !strokes.canUndo);
  strokes.redo();
  assert.deepEqual(strokes.all, [stroke]);
});

test("what is drawn after taking back replaces what was taken back", () => {
  const strokes = new Strokes();
  strokes.add(stroke);
  strokes.undo();
  strokes.add([stroke[1]]);
  assert.ok(!strokes.canRedo);
  assert.deepEqual(strokes.all, [[stroke[1]]]);
});

test("clearing an empty board is no change", () => {
  const strokes = new Strokes();
  strokes.clear();
  assert.ok(!strokes.canUndo);
});

test("a stroke painted as it grows is painted as at once", () => {
  const [once, grown] = [recorder(), recorder()];
  paintStroke(once, stroke);
  for (let at = 0; at < stroke.length; at += 1) paintStroke(grown, stroke.slice(0, at + 1), at);
  assert.deepEqual(grown.calls, once.calls);
  assert.equal(once.calls.filter(([name]) => name === "stroke").length, stroke.length - 1);
});

test("a dot is a disk, and the end of a stroke reaches its last dot", () => {
  const [dot, end] = [recorder(), recorder()];
  paintStroke(dot, [stroke[0]]);
  paintEnd(dot, [stroke[0]]);
  assert.deepEqual(dot.calls.find(([name]) => name === "arc")?.slice(1, 4), [10, 0, 10]);
  assert.ok(!dot.calls.some(([name]) => name === "lineTo"));
  paintEnd(end, stroke);
  assert.deepEqual(end.calls.find(([name]) => name === "lineTo"), ["lineTo", 20, 120]);
});
