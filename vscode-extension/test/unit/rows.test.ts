/** What the view says of a graph. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Graph, Step, StepEvent } from "../../src/answers";
import { builderRow, type Row, stageRows, summary } from "../../src/rows";

function step(line: number, instruction: string, change: Partial<Step> = {}): Step {
  return {
    line,
    end_line: line,
    instruction,
    state: null,
    cached: null,
    seconds: null,
    last_seconds: null,
    bytes: null,
    prediction: null,
    reason: null,
    critical: false,
    ...change,
  };
}

function graph(steps: readonly Step[], isBuilt = true): Graph {
  const last = { at: "2026-11-22T10:00:00Z", ok: true, seconds: 12.5, steps: 3, cached: 1 };
  const stage = { index: 0, name: "größe 😀", line: 1, end_line: 9, target: true, needed: true, seconds: 11.7, bytes: 0, steps };
  const unused = { ...stage, index: 1, name: "stage-1", line: 10, end_line: 10, target: false, needed: false, seconds: null, bytes: null, steps: [] };
  return { target: "größe 😀", last_build: isBuilt ? last : null, stages: [stage, unused] };
}

/** A row a line: icon, label, description; children below it. */
function tree(rows: readonly Row[], indent = ""): string[] {
  return rows.flatMap((row) => [`${indent}${row.icon} ${row.label} | ${row.description}`, ...tree(row.children, `${indent}  `)]);
}

const ran = { state: "done", cached: false, seconds: 4.24, last_seconds: 4.24, bytes: 12_300_000 };
const cached = { state: "done", cached: true, seconds: 0, last_seconds: 2.1 };
const built = graph([
  step(1, "FROM node:22", { state: "done", cached: true, seconds: 0, last_seconds: 0, prediction: "cached" }),
  step(3, "COPY . .", { ...cached, prediction: "rebuild", reason: "src/a changed (content)" }),
  step(4, "RUN make", { ...ran, prediction: "rebuild", critical: true }),
  step(6, "COPY --from=a /x", { ...ran, prediction: "maybe" }),
  step(7, "RUN test", { state: "failed", cached: false, seconds: 0.5, prediction: "rebuild" }),
]);

test("a row says how its step went, what it weighs, and what comes next", () => {
  assert.deepEqual(tree(stageRows(built)), [
    "target größe 😀 | target · 11.7 s",
    "  check FROM node:22 | cached",
    "  sync COPY . . | rebuild · cached (2.1 s)",
    "  sync RUN make | rebuild · 4.2 s · 12.3 MB",
    "  question COPY --from=a /x | maybe · 4.2 s · 12.3 MB",
    "  error RUN test | rebuild · failed after 500 ms",
    "layers stage-1 | not needed",
  ]);
});

test("a row says why, to those who look longer and to those who listen", () => {
  const [stage] = stageRows(built);
  assert.equal(stage?.tooltip, "stage größe 😀, lines 1 to 9\ntarget · 11.7 s");
  assert.deepEqual(stage?.children.slice(1, 3).map(({ tooltip }) => tooltip), [
    "line 3: COPY . .\nlast build: cached (2.1 s)\nnext build: runs again: src/a changed (content)",
    "line 4: RUN make\nlast build: 4.2 s, layer 12.3 MB\nnext build: runs again\non the critical path",
  ]);
});

test("a long step leaves room for what it costs, and is whole in its tooltip", () => {
  const instruction = "RUN echo 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀";
  const row = stageRows(graph([step(3, instruction, ran)]))[0]?.children[0];
  assert.equal(row?.label, `RUN echo ${"😀".repeat(6)}…`);
  assert.ok(row?.tooltip.startsWith(`line 3: ${instruction}\n`));
});

test("before the first build nothing is claimed", () => {
  const rows = stageRows(graph([step(1, "FROM scratch")], false));
  assert.deepEqual(tree(rows)[1], "  circle-outline FROM scratch | ");
  assert.deepEqual(rows[0]?.children[0]?.context, "step");
});

test("a running build is seen in its rows", () => {
  const event = (line: number, change: Partial<StepEvent>): [number, StepEvent] => [
    line,
    { event: "step", line, instruction: "", state: "done", ...change },
  ];
  const running = new Map([
    event(1, { cached: true, seconds: 0 }),
    event(3, { cached: false, seconds: 0.2 }),
    event(4, { state: "running" }),
    event(7, { state: "failed", seconds: 1 }),
  ]);
  assert.deepEqual(tree(stageRows(built, [], running)).slice(1, 6), [
    "  check FROM node:22 | cached",
    "  check COPY . . | 200 ms",
    "  sync~spin RUN make | running",
    "  question COPY --from=a /x | maybe · 4.2 s · 12.3 MB",
    "  error RUN test | failed",
  ]);
});

test("a stage offers to be proved where a rewrite of it can be, and is built by its name or number", () => {
  const rewrite = { id: "x", line: 3, end_line: 4, title: "X", safe: true, provable: true };
  const contexts = (rewrites: Parameters<typeof stageRows>[1]) => stageRows(built, rewrites).map(({ context }) => context);
  assert.deepEqual(contexts([rewrite]), ["stage provable", "stage"]);
  assert.deepEqual(contexts([{ ...rewrite, provable: false }]), ["stage", "stage"]);
  assert.deepEqual(stageRows(built).map(({ target }) => target), ["größe 😀", "1"]);
});

test("the next build in one sentence", () => {
  const predicted = (...predictions: Step["prediction"][]) =>
    summary(graph(predictions.map((prediction, at) => step(at + 1, "RUN x", { prediction, last_seconds: 2.1 }))));
  assert.equal(summary(built), "Next build: 3 of 5 steps run, 1 may, about 6.3 s.");
  assert.equal(predicted("cached", "rebuild"), "Next build: 1 of 2 steps runs, about 2.1 s.");
  assert.equal(predicted("cached", "cached"), "Next build: all from the cache.");
  assert.equal(predicted("cached", "maybe"), "Next build: 1 step may run.");
  assert.equal(predicted("unknown", "unknown"), "Next build: not known.");
  assert.equal(summary(graph([], false)), "Not built yet: times and predictions come with the first build.");
});

test("the builder, or why there is none", () => {
  const found = { kind: "docker", version: "28.5.2", address: "unix:///run/docker.sock", found_by: "DOCKER_HOST" };
  assert.deepEqual(tree([builderRow(found)]), ["server docker 28.5.2 | unix:///run/docker.sock"]);
  assert.deepEqual(tree([builderRow("no builder answers: start Docker")]), [
    "warning No builder | no builder answers: start Docker",
  ]);
});
