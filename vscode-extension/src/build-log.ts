/**
 * The log of a build as it goes on: lines of text, and what can be folded and followed in them.
 *
 * Pure. The log that the server keeps of the last build has the same heads of steps, so that both are read alike.
 */

import type { BuildEvent } from "./answers";
import { bytes, count, seconds } from "./numbers";

/** An event as text, with line ends; nothing where it says nothing. */
export function logText(event: BuildEvent): string {
  switch (event.event) {
    case "started":
      return `${event.file} → ${event.target}, on ${event.builder}\n\n`;
    case "step":
      return stepText(event);
    case "log":
      return `${(event.line === null ? "" : `${event.line}`).padStart(5)} │ ${event.text}\n`;
    case "context": {
      const files = `${event.files_sent} of ${count(event.files_total, "file")}`;
      return `sent ${files}, ${bytes(event.bytes_sent)} of ${bytes(event.bytes_total)}\n`;
    }
    case "notice":
      return `${event.text}\n`;
    case "problem":
      return `line ${event.line}: ${event.message}\n`;
    case "finished": {
      const { ok, cached, steps, image, size } = event;
      const made = image === null ? "" : `\n${image}${size === null ? "" : `, ${bytes(size)}`}`;
      const how = ok ? `built in ${seconds(event.seconds)}, ${cached} of ${count(steps, "step")} cached` : `not built, after ${seconds(event.seconds)}`;
      return `\n${how}${made}\n`;
    }
    default:
      // The server may know events that are newer than this client.
      return "";
  }
}

function stepText(step: Extract<BuildEvent, { event: "step" }>): string {
  const time = seconds(step.seconds ?? 0);
  switch (step.state) {
    case "running":
      return `line ${step.line}: ${step.instruction}\n`;
    case "done":
      return step.cached === true ? `line ${step.line}: ${step.instruction} · cached\n` : `line ${step.line}: done in ${time}\n`;
    case "failed":
      return `line ${step.line}: failed after ${time}\n`;
    case "canceled":
      return `line ${step.line}: stopped\n`;
  }
}

/** A place in a log that leads to a line of the Dockerfile, which counts from 1. */
export interface LogLink {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const HEAD = /^line (\d+):/;

/** The Dockerfile that a log is of, where its first line says so. */
export function dockerfileOf(text: string): string | undefined {
  const end = text.indexOf("\n");
  return /^(.+) → .*, on /.exec(end < 0 ? text : text.slice(0, end))?.[1];
}

/** What leads to the Dockerfile. */
export function logLinks(text: string): LogLink[] {
  return text.split("\n").flatMap((content, row) => {
    const head = HEAD.exec(content);
    return head?.[1] === undefined ? [] : [{ row, start: 0, end: head[0].length - 1, line: Number(head[1]) }];
  });
}

/** The steps of a log, from the first row to the last, where there is more than one. */
export function logFolds(text: string): { readonly start: number; readonly end: number }[] {
  const rows = text.split("\n");
  const heads = rows.flatMap((content, row) => (HEAD.test(content) ? [row] : []));
  return heads.flatMap((start, at) => {
    let end = (heads[at + 1] ?? rows.length) - 1;
    while (end > start && rows[end]?.trim() === "") {
      end -= 1;
    }
    return end > start ? [{ start, end }] : [];
  });
}
