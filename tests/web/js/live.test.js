import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { LiveReader } from "../../../src/tenfold/web/static/js/draw/live.js";

const turn = () => new Promise(setImmediate);
let now = 0;
let requests = [];
let shown = [];

/** A reader of a board whose service answers when the test says so. */
function reader() {
  return new LiveReader({
    picture: async () => new Blob(["ink"]),
    query: () => ({ model: ["digits"] }),
    show: ([text], { final }) => shown.push(final ? `${text} at last` : text),
  });
}

const pass = async (milliseconds) => {
  now += milliseconds;
  mock.timers.tick(milliseconds);
  await turn();
};

const answer = async (at, text) => {
  requests[at].resolve(Response.json({ readings: [text] }));
  await turn();
};

beforeEach(() => {
  mock.restoreAll();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [now, requests, shown] = [1000, [], []];
  mock.method(performance, "now", () => now);
  globalThis.fetch = (where, { signal }) => new Promise((resolve, reject) => {
    requests.push({ where, resolve, signal });
    signal.addEventListener("abort", () => reject(new DOMException("Aborted", "AbortError")));
  });
});

test("while the pen moves, one question is on its way at a time", async () => {
  const live = reader();
  live.touch();
  live.touch();
  await pass(0);
  live.touch();
  await pass(500);
  assert.equal(requests.length, 1);
  assert.equal(requests[0].where, "api/read?model=digits");
  await answer(0, "4");
  assert.deepEqual(shown, ["4"]);
  // The pen moved meanwhile, so it is asked again without another move.
  await pass(0);
  assert.equal(requests.length, 2);
});

test("questions keep their distance", async () => {
  const live = reader();
  live.touch();
  await pass(0);
  await answer(0, "4");
  await pass(40);
  live.touch();
  await pass(59);
  assert.equal(requests.length, 1);
  await pass(1);
  assert.equal(requests.length, 2);
});

test("the lifted pen is read at once, and what was asked before is dropped", async () => {
  const live = reader();
  live.touch();
  await pass(0);
  live.settle();
  await turn();
  assert.ok(requests[0].signal.aborted);
  await answer(1, "47");
  assert.deepEqual(shown, ["47 at last"]);
});

test("an answer that comes too late changes nothing", async () => {
  const live = reader();
  live.settle();
  await turn();
  // An answer may be here already when it is called off.
  requests[0].resolve(Response.json({ readings: ["old"] }));
  live.settle();
  await turn();
  await answer(1, "new");
  assert.deepEqual(shown, ["new at last"]);
});

test("once stopped, nothing is asked or shown", async () => {
  const live = reader();
  live.touch();
  live.stop();
  await pass(1000);
  assert.equal(requests.length, 0);
  live.settle();
  await turn();
  live.stop();
  await answer(0, "4");
  assert.deepEqual(shown, []);
});
