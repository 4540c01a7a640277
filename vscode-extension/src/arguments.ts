/** What the server's commands are called with, wherever they were chosen: a lens, a menu, the palette, a row of the view. Pure. */

/** The one object that each of them takes. */
export interface Argument {
  readonly uri: string;
  readonly target?: string;
  /** From 0. */
  readonly line?: number;
  readonly rewrite?: string;
  readonly format?: string;
}

/** Something that says itself what it stands for. */
export interface Subject {
  readonly argument: Argument;
}

/**
 * The object to send: what a lens gives stays as it is; a row has its own; menus of files give an address; else it is the Dockerfile that is
 * open. Nothing where there is none.
 */
export function argumentOf(given: readonly unknown[], open: string | undefined): Argument | undefined {
  const [first] = given;
  if (typeof first === "object" && first !== null) {
    if ("argument" in first) {
      return (first as Subject).argument;
    }
    if ("uri" in first && typeof first.uri === "string") {
      return first as Argument;
    }
    if ("scheme" in first) {
      return { uri: String(first) };
    }
  }
  return open === undefined ? undefined : { uri: open };
}
