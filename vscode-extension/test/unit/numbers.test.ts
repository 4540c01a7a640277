/** Times and sizes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, count, seconds } from "../../src/numbers";

test("times and sizes read as the server's", () => {
  assert.deepEqual([0.0341, 0.9999, 4.24, 59.96, 200.4].map(seconds), ["34 ms", "1.0 s", "4.2 s", "1 min 0 s", "3 min 20 s"]);
  assert.deepEqual(
    [0, 999, 1000, 71_303_168, 999_999_999].map(bytes),
    ["0 B", "999 B", "1.0 kB", "71.3 MB", "1.0 GB"],
  );
  assert.deepEqual([0, 1, 2].map((number) => count(number, "step")), ["0 steps", "1 step", "2 steps"]);
});
