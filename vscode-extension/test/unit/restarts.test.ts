/** When a server that ended is started again. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Restarts } from "../../src/restarts";

const minute = 60_000;

function afterEnds(restarts: Restarts, ...minutes: number[]): string[] {
  return minutes.map((at) => restarts.ended(at * minute));
}

test("a server that never worked is not started again", () => {
  assert.deepEqual(afterEnds(new Restarts(), 0, 10), ["never worked", "never worked"]);
});

test("a server that keeps ending is given up", () => {
  const restarts = new Restarts();
  restarts.worked();
  assert.deepEqual(afterEnds(restarts, 0, 0.1, 0.2, 0.3, 0.4), ["restart", "restart", "restart", "restart", "keeps ending"]);
});

test("ends that lie apart do not add up", () => {
  const restarts = new Restarts();
  restarts.worked();
  assert.deepEqual(new Set(afterEnds(restarts, 0, 1, 2, 3, 4, 5, 6, 7, 8)), new Set(["restart"]));
});
