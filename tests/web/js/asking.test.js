import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { Problem, address, ask, askPatiently, inWords } from "../../../src/tenfold/web/static/js/parts/api.js";

const turn = () => new Promise(setImmediate);

/** Answer one request after the other; an error is thrown. */
function answers(...list) {
  const asked = [];
  globalThis.fetch = async (where, how) => {
    asked.push([where, how]);
    const next = list[asked.length - 1];
    if (next instanceof Error) throw next;
    return next;
  };
  return asked;
}

const busy = (headers = {}) => Response.json({ title: "Busy", detail: "Too many." }, { status: 503, headers });

afterEach(() => mock.timers.reset());

test("an address leaves out what is not said, repeats lists and hides signs", () => {
  assert.equal(address("api/read", {}), "api/read");
  assert.equal(address("api/read", { layout: "", model: ["a", "b c"], before: null, threshold: 0 }), "api/read?model=a&model=b+c&threshold=0");
  assert.equal(address("api/map", { model: "a&b=c" }), "api/map?model=a%26b%3Dc");
});

test("what is sent decides how it is asked", async () => {
  const asked = answers(Response.json({ a: 1 }), Response.json({}), Response.json({}), new Response(null, { status: 204 }));
  assert.deepEqual(await ask("api/models"), { a: 1 });
  await ask("api/insight", { json: { model: "digits" } });
  await ask("api/read", { body: new Blob(["x"]) });
  assert.equal(await ask("api/corrections/1", { method: "DELETE" }), null);
  assert.deepEqual(asked.map(([, { method }]) => method), ["GET", "POST", "POST", "DELETE"]);
  assert.equal(asked[1][1].headers["Content-Type"], "application/json");
  assert.equal(asked[1][1].body, '{"model":"digits"}');
  assert.equal(asked[2][1].headers["Content-Type"], undefined);
});

test("a problem is told in the service's words, part by part", async () => {
  answers(Response.json({ title: "Wrong", detail: "It is wrong.", errors: [{ message: "Too long." }, { detail: "Too deep." }, null] }, { status: 422 }));
  const error = await ask("api/models").catch((thrown) => thrown);
  assert.ok(error instanceof Problem && !error.passing);
  assert.deepEqual([error.status, error.title, error.detail], [422, "Wrong", "It is wrong. Too long. Too deep."]);
});

test("an answer that is no JSON is still a problem", async () => {
  answers(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  const error = await ask("api/models").catch((thrown) => thrown);
  assert.deepEqual([error.status, error.title, error.detail], [502, "trouble", "trouble.status"]);
});

test("no answer at all is a problem that passes; a request that was called off is none", async () => {
  answers(new TypeError("Failed to fetch"), new DOMException("Aborted", "AbortError"));
  const error = await ask("api/models").catch((thrown) => thrown);
  assert.deepEqual([error.status, error.passing], [0, true]);
  await assert.rejects(ask("api/models"), { name: "AbortError" });
});

test("whatever is thrown has words", () => {
  assert.deepEqual(inWords(new RangeError("Too far.")), { title: "trouble", detail: "Too far." });
  assert.equal(inWords("so").detail, "so");
});

test("a busy service is asked again, as late as it wants, and who waits is told", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = answers(busy({ "Retry-After": "7" }), busy(), Response.json({ models: [] }));
  const told = [];
  const answer = askPatiently("api/models", {}, (problem) => told.push(problem.title));
  await turn();
  mock.timers.tick(6999);
  await turn();
  assert.equal(asked.length, 1);
  mock.timers.tick(1);
  await turn();
  assert.equal(asked.length, 2);
  mock.timers.tick(1600);
  assert.deepEqual(await answer, { models: [] });
  assert.deepEqual(told, ["Busy", "Busy"]);
});

test("it is asked four times and not for ever, and what does not pass once", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let asked = answers(busy(), busy(), busy(), busy(), busy());
  const failed = askPatiently("api/models").catch((thrown) => thrown);
  for (let round = 0; round < 6; round += 1) {
    await turn();
    mock.timers.tick(10_000);
  }
  assert.deepEqual([(await failed).status, asked.length], [503, 4]);
  asked = answers(Response.json({ title: "Unknown" }, { status: 404 }));
  await assert.rejects(askPatiently("api/models"), { status: 404 });
  assert.equal(asked.length, 1);
});

test("who calls off while it waits is not asked for again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = answers(busy(), busy());
  const going = new AbortController();
  const answer = askPatiently("api/models", { signal: going.signal });
  const rejected = assert.rejects(answer, { name: "AbortError" });
  await turn();
  going.abort();
  await rejected;
  mock.timers.tick(60_000);
  await turn();
  assert.equal(asked.length, 1);
});
