/**
 * What the server's commands answer, as far as it is shown: the same objects that `layerwise … --format json` prints.
 *
 * Lines count from 1, times are seconds, sizes are bytes; what is not known is null.
 */

/** `layerwise.graph`. */
export interface Graph {
  readonly target: string | null;
  readonly last_build: LastBuild | null;
  readonly stages: readonly Stage[];
}

export interface LastBuild {
  /** When it ended, as RFC 3339. */
  readonly at: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly steps: number;
  readonly cached: number;
}

export interface Stage {
  readonly index: number;
  readonly name: string;
  readonly line: number;
  readonly end_line: number;
  /** Whether it is the one that is built. */
  readonly target: boolean;
  /** Whether the target needs it, or it is the target. */
  readonly needed: boolean;
  readonly seconds: number | null;
  readonly bytes: number | null;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly line: number;
  readonly end_line: number;
  readonly instruction: string;
  /** How it ended in the last build. */
  readonly state: string | null;
  readonly cached: boolean | null;
  readonly seconds: number | null;
  /** What it took when it last ran. */
  readonly last_seconds: number | null;
  readonly bytes: number | null;
  readonly prediction: "cached" | "rebuild" | "maybe" | "unknown" | null;
  readonly reason: string | null;
  readonly critical: boolean;
}

/** `layerwise.openShell`: what a terminal runs. */
export interface Shell {
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
}

/** `layerwise.builder`. */
export interface Builder {
  readonly kind: string;
  readonly version: string;
  readonly address: string;
  readonly found_by: string;
}

/** One of `layerwise.rewrites`. */
export interface Rewrite {
  readonly id: string;
  readonly line: number;
  readonly end_line: number;
  readonly title: string;
  readonly safe: boolean;
  /** Whether `layerwise.prove` can compare builds before and after it. */
  readonly provable: boolean;
}

/** What is told of builds, under the token of `initializationOptions.buildEvents`. */
export interface BuildEvents {
  readonly uri: string;
  readonly build: number;
  readonly events: readonly BuildEvent[];
}

/** An event of a build; those that are not named here are not shown. */
export type BuildEvent =
  | { readonly event: "started"; readonly file: string; readonly target: string; readonly builder: string }
  | StepEvent
  | { readonly event: "log"; readonly line: number | null; readonly text: string }
  | {
      readonly event: "context";
      readonly files_sent: number;
      readonly bytes_sent: number;
      readonly files_total: number;
      readonly bytes_total: number;
    }
  | { readonly event: "notice"; readonly text: string }
  | { readonly event: "problem"; readonly line: number; readonly message: string }
  | {
      readonly event: "finished";
      readonly ok: boolean;
      readonly image: string | null;
      readonly size: number | null;
      readonly seconds: number;
      readonly steps: number;
      readonly cached: number;
    };

export interface StepEvent {
  readonly event: "step";
  readonly line: number;
  readonly instruction: string;
  readonly state: "running" | "done" | "failed" | "canceled";
  readonly cached?: boolean;
  readonly seconds?: number;
}
