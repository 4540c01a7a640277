/** What a command is about. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { argumentOf } from "../../src/arguments";

test("a command is about what it was chosen on, else about the open Dockerfile", () => {
  const open = "file:///open";
  const lens = { uri: "file:///lens", target: "app" };
  assert.deepEqual(argumentOf([lens], open), lens);
  assert.deepEqual(argumentOf([{ argument: { uri: "file:///row", line: 3 } }, []], open), { uri: "file:///row", line: 3 });
  const file = { scheme: "file", toString: () => "file:///gr%C3%B6%C3%9Fe" };
  assert.deepEqual(argumentOf([file], open), { uri: "file:///gr%C3%B6%C3%9Fe" });
  assert.deepEqual(argumentOf([], open), { uri: open });
  assert.deepEqual(argumentOf([undefined], open), { uri: open });
  assert.equal(argumentOf([], undefined), undefined);
});
