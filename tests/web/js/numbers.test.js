import assert from "node:assert/strict";
import { test } from "node:test";

import { frame } from "../../../src/tenfold/web/static/js/draw/frame.js";
import { fromBase64, toBase64 } from "../../../src/tenfold/web/static/js/parts/pixels.js";
import { decimals, epochTicks, roundTicks } from "../../../src/tenfold/web/static/js/runs/curves.js";

test("bytes come back from base64, also more than one call takes", () => {
  const bytes = Uint8Array.from({ length: 0x8000 + 7 }, (_, at) => (at * 31) % 256);
  assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  assert.equal(toBase64(new Uint8Array()), "");
});

test("ticks are round, and hold all values between them", () => {
  assert.deepEqual(roundTicks(0.1, 0.9).map((tick) => Number(tick.toFixed(6))), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  for (const [low, high] of [[0.9312, 0.9978], [0, 0], [5, 5], [-3, 2], [1e-9, 2e-9], [0, 123456], [0.3, 0.3]]) {
    const ticks = roundTicks(low, high);
    const slack = (high - low || 1) * 1e-6;
    assert.ok(ticks[0] <= low + slack && ticks[ticks.length - 1] >= high - slack, `${low} to ${high}: ${ticks}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 7, `${low} to ${high}: ${ticks}`);
    assert.ok(ticks.every((tick, at) => at === 0 || tick > ticks[at - 1]), `${low} to ${high}: ${ticks}`);
  }
});

test("a tick is written with as many decimals as it has", () => {
  const cases = [[0.25, 2], [0.2, 1], [0.5, 1], [1, 0], [2.5, 1], [25, 0], [0.001, 3], [0.0025, 4], [0.7500000000000001 - 0.5, 2]];
  for (const [step, digits] of cases) assert.equal(decimals(step), digits, String(step));
});

test("epochs are whole, few, and begin with the first", () => {
  assert.deepEqual(epochTicks(1), [1]);
  assert.deepEqual(epochTicks(5), [1, 2, 3, 4, 5]);
  for (const last of [8, 9, 100, 1000]) {
    const ticks = epochTicks(last);
    assert.ok(ticks[0] === 1 && ticks.length <= 8 && Math.max(...ticks) <= last, `${last}: ${ticks}`);
  }
});

test("a frame holds all places, the highest at its top", () => {
  const points = [{ x: -2, y: 1 }, { x: 3, y: 7 }, { x: 0, y: 4 }];
  const at = frame(points, 200, 100);
  assert.deepEqual(at(points[0]), { x: 16, y: 84 });
  assert.deepEqual(at(points[1]), { x: 184, y: 16 });
  assert.equal(at(points[2]).y, 50);
});

test("places that are all one do not leave the frame", () => {
  const { x, y } = frame([{ x: 5, y: 5 }], 200, 100)({ x: 5, y: 5 });
  assert.deepEqual([x, y], [16, 84]);
});
