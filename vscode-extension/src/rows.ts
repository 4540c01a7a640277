/**
 * What the view shows of a graph: a row for the builder, one for each stage, and below it one for each step.
 *
 * Pure: rows are plain data, and become the editor's own in `view.ts`.
 */

import type { Builder, Graph, Rewrite, Stage, Step, StepEvent } from "./answers";
import { bytes, count, seconds } from "./numbers";

export interface Row {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** A codicon, and the theme's colour of it. */
  readonly icon: string;
  readonly color?: string;
  /** Words that menus look for. */
  readonly context: string;
  /** Where a click goes, from 1. */
  readonly line?: number;
  /** The stage, as a command takes it. */
  readonly target?: string;
  readonly children: readonly Row[];
  /** Whether its children are seen at first. */
  readonly open: boolean;
}

/** How steps of a running build stand, by their first lines. */
export type Running = ReadonlyMap<number, StepEvent>;

/** Letters of a step's text; a side bar of the usual width has room for about twenty more. */
const LONGEST_LABEL = 16;

const nothing: Running = new Map();

/** The row of the builder that was found, or of why there is none. */
export function builderRow(builder: Builder | string): Row {
  const row = { context: "builder", children: [], open: false };
  if (typeof builder === "string") {
    return { ...row, label: "No builder", description: builder, tooltip: builder, icon: "warning", color: "list.warningForeground" };
  }
  const { kind, version, address, found_by } = builder;
  const label = `${kind} ${version}`.trim();
  return { ...row, label, description: address, tooltip: `${label}\n${address}\nfound by: ${found_by}`, icon: "server" };
}

/** The rows of the stages. */
export function stageRows(graph: Graph, rewrites: readonly Rewrite[] = [], running: Running = nothing): Row[] {
  return graph.stages.map((stage) => stageRow(stage, rewrites, running));
}

/** What the next build would do, in one sentence. */
export function summary(graph: Graph): string {
  if (graph.last_build === null) {
    return "Not built yet: times and predictions come with the first build.";
  }
  const steps = graph.stages.filter((stage) => stage.needed).flatMap((stage) => stage.steps);
  const rebuilt = steps.filter((step) => step.prediction === "rebuild");
  const maybe = steps.filter((step) => step.prediction === "maybe").length;
  const perhaps = maybe > 0 ? `, ${maybe} may` : "";
  if (steps.every((step) => step.prediction === null || step.prediction === "unknown")) {
    return "Next build: not known.";
  }
  if (rebuilt.length === 0) {
    return maybe > 0 ? `Next build: ${count(maybe, "step")} may run.` : "Next build: all from the cache.";
  }
  const time = rebuilt.reduce((sum, step) => sum + (step.last_seconds ?? 0), 0);
  const about = time > 0 ? `, about ${seconds(time)}` : "";
  return `Next build: ${rebuilt.length} of ${count(steps.length, "step")} run${rebuilt.length === 1 ? "s" : ""}${perhaps}${about}.`;
}

function stageRow(stage: Stage, rewrites: readonly Rewrite[], running: Running): Row {
  const steps = stage.steps.map((step) => stepRow(step, running.get(step.line)));
  const totals = [stage.seconds, stage.bytes].map((value, at) =>
    value === null || value === 0 ? "" : at === 0 ? seconds(value) : bytes(value),
  );
  const words = [stage.target ? "target" : stage.needed ? "" : "not needed", ...totals].filter((word) => word !== "");
  const lines = `lines ${stage.line} to ${stage.end_line}`;
  const canProve = rewrites.some(({ line, provable }) => provable && stage.line <= line && line <= stage.end_line);
  return {
    label: stage.name,
    description: words.join(" · "),
    tooltip: [`stage ${stage.name}, ${lines}`, words.join(" · ")].filter((line) => line !== "").join("\n"),
    icon: stage.target ? "target" : "layers",
    ...(stage.needed ? {} : { color: "disabledForeground" }),
    context: `stage${canProve ? " provable" : ""}`,
    line: stage.line,
    // A stage without a name is built by its number.
    target: stage.name === `stage-${stage.index}` ? `${stage.index}` : stage.name,
    children: steps,
    open: stage.needed,
  };
}

function stepRow(step: Step, running: StepEvent | undefined): Row {
  // In the words and the order of the hints: what runs again comes first, and what stays cached is the rest.
  const next = step.prediction === "rebuild" || step.prediction === "maybe" ? step.prediction : "";
  const words = [next, last(step), step.bytes ? bytes(step.bytes) : ""].filter((word) => word !== "");
  const now = running === undefined ? undefined : nowOf(running);
  const look = now ?? lookOf(step);
  return {
    label: shortened(step.instruction),
    description: now?.says ?? words.join(" · "),
    tooltip: tooltip(step),
    icon: look.icon,
    ...(look.color === undefined ? {} : { color: look.color }),
    context: `step${step.state === null ? "" : " built"}`,
    line: step.line,
    children: [],
    open: false,
  };
}

/** What a step costs and what comes of it must be seen beside its text: all of that is in the tooltip. */
function shortened(instruction: string): string {
  const letters = [...instruction];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join("")}…` : instruction;
}

/** What the last build said: `4.2 s`, or `cached (4.2 s)` with what it took when it last ran. */
function last(step: Step): string {
  switch (step.state) {
    case null:
      return "";
    case "done":
      if (!step.cached) {
        return seconds(step.seconds ?? 0);
      }
      return step.last_seconds === null || step.last_seconds < 0.0005 ? "cached" : `cached (${seconds(step.last_seconds)})`;
    case "failed":
      return `failed after ${seconds(step.seconds ?? 0)}`;
    default:
      return "stopped";
  }
}

interface Look {
  readonly icon: string;
  readonly color?: string;
}

function nowOf(running: StepEvent): Look & { readonly says: string } {
  switch (running.state) {
    case "running":
      return { icon: "sync~spin", color: "charts.blue", says: "running" };
    case "failed":
      return { icon: "error", color: "testing.iconFailed", says: "failed" };
    case "canceled":
      return { icon: "circle-slash", says: "stopped" };
    case "done":
      return {
        icon: "check",
        color: "testing.iconPassed",
        says: running.cached === true ? "cached" : seconds(running.seconds ?? 0),
      };
  }
}

/** What fails is seen first, then what the next build would do. */
function lookOf(step: Step): Look {
  if (step.state === "failed") {
    return { icon: "error", color: "testing.iconFailed" };
  }
  switch (step.prediction) {
    case "cached":
      return { icon: "check", color: "testing.iconPassed" };
    case "rebuild":
      return { icon: "sync", color: "problemsWarningIcon.foreground" };
    case "maybe":
      return { icon: "question", color: "charts.blue" };
    default:
      return { icon: "circle-outline" };
  }
}

function tooltip(step: Step): string {
  const layer = step.bytes === null ? "" : `, layer ${bytes(step.bytes)}`;
  const said = {
    cached: "from the cache",
    rebuild: "runs again",
    maybe: "runs again only if what it takes from another stage differs",
    unknown: "",
  }[step.prediction ?? "unknown"];
  const lines = [
    `line ${step.line}: ${step.instruction}`,
    step.state === null ? "" : `last build: ${last(step)}${layer}`,
    said === "" ? "" : `next build: ${said}${step.reason === null ? "" : `: ${step.reason}`}`,
    step.critical ? "on the critical path" : "",
  ];
  return lines.filter((line) => line !== "").join("\n");
}
