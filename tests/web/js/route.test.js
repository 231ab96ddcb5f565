import assert from "node:assert/strict";
import { test } from "node:test";

import { route } from "../../../src/tenfold/web/static/js/parts/route.js";

test("an address names a view and what of it", () => {
  assert.deepEqual(route("#/runs/first"), { name: "runs", rest: "first" });
  assert.deepEqual(route("#/corrections"), { name: "corrections", rest: undefined });
});

test("no address, and one that names no view, is the drawing's", () => {
  for (const hash of ["", "#", "#/", "#/nothing", "#/constructor"]) assert.equal(route(hash).name, "draw", hash);
});

test("names with slashes and signs come back whole; a broken code is no name", () => {
  assert.equal(route(`#/runs/${encodeURIComponent("a/b 数 %")}`).rest, "a/b 数 %");
  assert.equal(route("#/runs/a/b").rest, "a/b");
  assert.equal(route("#/runs/%E0%A4").rest, undefined);
});
