/** The text of a build's log, and what can be done with it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { BuildEvent } from "../../src/answers";
import { dockerfileOf, logFolds, logLinks, logText } from "../../src/build-log";

const EVENTS: readonly BuildEvent[] = [
  { event: "started", file: "/größe → x/Dockerfile", target: "app", builder: "docker 28.5.2" },
  { event: "context", files_sent: 1, bytes_sent: 5, files_total: 812, bytes_total: 42_000_000 },
  { event: "step", line: 1, instruction: "FROM node:22", state: "done", cached: true, seconds: 0 },
  { event: "step", line: 3, instruction: "RUN make", state: "running" },
  { event: "log", line: 3, text: "cc 😀" },
  { event: "log", line: null, text: "elsewhere" },
  { event: "step", line: 3, instruction: "RUN make", state: "done", cached: false, seconds: 4.2 },
  { event: "step", line: 5, instruction: "RUN test", state: "running" },
  { event: "step", line: 5, instruction: "RUN test", state: "failed", seconds: 0.5 },
  { event: "problem", line: 5, message: "exit code 1" },
  { event: "notice", text: "a notice" },
  { event: "finished", ok: true, image: "sha256:abc", size: 71_303_168, seconds: 6, steps: 3, cached: 1 },
];

const LOG = `/größe → x/Dockerfile → app, on docker 28.5.2

sent 1 of 812 files, 5 B of 42.0 MB
line 1: FROM node:22 · cached
line 3: RUN make
    3 │ cc 😀
      │ elsewhere
line 3: done in 4.2 s
line 5: RUN test
line 5: failed after 500 ms
line 5: exit code 1
a notice

built in 6.0 s, 1 of 3 steps cached
sha256:abc, 71.3 MB
`;

test("a build reads as text", () => {
  assert.equal(EVENTS.map(logText).join(""), LOG);
});

test("a failed build says so, and what is not known yet says nothing", () => {
  const failed: BuildEvent = { event: "finished", ok: false, image: null, size: null, seconds: 2, steps: 3, cached: 1 };
  assert.equal(logText(failed), "\nnot built, after 2.0 s\n");
  assert.equal(logText({ event: "changed" } as unknown as BuildEvent), "");
});

test("heads of steps lead to their lines", () => {
  assert.equal(dockerfileOf(LOG), "/größe → x/Dockerfile");
  const rows = LOG.split("\n");
  const links = logLinks(LOG).map(({ row, start, end, line }) => [rows[row]?.slice(start, end), line]);
  assert.deepEqual(links.slice(0, 3), [["line 1", 1], ["line 3", 3], ["line 3", 3]]);
});

test("a kept log has no Dockerfile in its first line, and its steps fold", () => {
  const kept = "app of Dockerfile, built 2026-11-22T10:00:00Z\r\n\nline 3: RUN make\n        ran\ncc 😀\n\nline 5: RUN test\n        cached\n";
  assert.equal(dockerfileOf(kept), undefined);
  assert.deepEqual(logFolds(kept), [{ start: 2, end: 4 }, { start: 6, end: 7 }]);
  assert.deepEqual(logFolds("no heads\nline 5 without one\n"), []);
});
