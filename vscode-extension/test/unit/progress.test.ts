/** What the status bar says of several things that go on. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Progress, type ProgressValue } from "../../src/progress";

function shown(...told: [string, ProgressValue][]): string {
  const progress = new Progress();
  for (const [token, value] of told) {
    progress.take(token, value);
  }
  const { text, stops } = progress.shown() ?? { text: "nothing", stops: [] };
  return `${text} [${stops.join()}]`;
}

const begin = (title: string): ProgressValue => ({ kind: "begin", title });
const report = (message: string): ProgressValue => ({ kind: "report", message });
const end = (message: string): ProgressValue => ({ kind: "end", message });

test("the running step is said, and how many other things go on", () => {
  assert.equal(shown(["a", begin("Building Dockerfile")]), "$(sync~spin) Building Dockerfile [a]");
  assert.equal(
    shown(["a", begin("Building")], ["b", begin("Proving")], ["a", report("3/9 RUN npm ci")]),
    "$(sync~spin) 3/9 RUN npm ci +1 [a,b]",
  );
});

test("the end is said, and stops nothing", () => {
  const ended = (message: string) => shown(["a", begin("Building")], ["a", end(message)]);
  assert.equal(ended("built in 6.0 s, 7 of 9 steps cached"), "$(check) built in 6.0 s, 7 of 9 steps cached []");
  assert.equal(ended("failed"), "$(error) failed []");
  assert.equal(ended("stopped"), "$(circle-slash) stopped []");
});

test("commands are shortened, and make no pictures", () => {
  const text = shown(["a", begin("")], ["a", report(`RUN echo $(date) ${"größe".repeat(20)}`)]);
  assert.ok(text.startsWith("$(sync~spin) RUN echo $\u200b(date) ") && text.includes("… ["), text);
});

test("reports of what never began or is forgotten show nothing", () => {
  assert.equal(shown(["a", report("late")], ["a", end("late")]), "nothing []");
  const progress = new Progress();
  progress.take("a", begin("Building"));
  progress.clear();
  assert.equal(progress.shown(), undefined);
});
