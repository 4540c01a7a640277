/** What goes on, as the status bar says it: one thing, and how many more. Pure. */

/** The server's `$/progress` of one piece of work. */
export type ProgressValue =
  | { readonly kind: "begin"; readonly title: string; readonly message?: string }
  | { readonly kind: "report"; readonly message?: string }
  | { readonly kind: "end"; readonly message?: string };

type Token = string | number;

interface Work {
  readonly title: string;
  readonly message: string;
}

/** What the status bar shows. */
export interface Shown {
  readonly text: string;
  readonly tooltip: string;
  /** What a click stops; nothing where all has ended. */
  readonly stops: readonly Token[];
}

/** More than this would push the rest of the bar away. */
const LONGEST = 60;

/** The work that goes on, in the order in which it began. */
export class Progress {
  private readonly work = new Map<Token, Work>();
  private ended: Work | undefined;

  /** Takes in what the server says. */
  take(token: Token, value: ProgressValue): void {
    const before = this.work.get(token);
    if (value.kind === "begin") {
      this.work.set(token, { title: value.title, message: value.message ?? "" });
    } else if (before !== undefined && value.kind === "report") {
      this.work.set(token, { ...before, message: value.message ?? before.message });
    } else if (before !== undefined) {
      this.work.delete(token);
      this.ended = { title: before.title, message: value.message ?? "ended" };
    }
  }

  /** The server is gone, and its work with it. */
  clear(): void {
    this.work.clear();
    this.ended = undefined;
  }

  /** What there is to be shown: what runs, else how the last thing ended, else nothing. */
  shown(): Shown | undefined {
    const all = [...this.work.values()];
    const [first] = all;
    if (first === undefined) {
      const { ended } = this;
      return ended && { text: `$(${icon(ended.message)}) ${shortened(ended.message)}`, tooltip: says(ended), stops: [] };
    }
    const more = all.length > 1 ? ` +${all.length - 1}` : "";
    return {
      text: `$(sync~spin) ${shortened(first.message === "" ? first.title : first.message)}${more}`,
      tooltip: `${all.map(says).join("\n")}\nClick to stop`,
      stops: [...this.work.keys()],
    };
  }
}

function says({ title, message }: Work): string {
  return message === "" ? title : `${title}: ${message}`;
}

function icon(message: string): string {
  if (/^(built|proved)\b/.test(message)) {
    return "check";
  }
  return /^(failed|not proved)\b/.test(message) ? "error" : "circle-slash";
}

function shortened(text: string): string {
  // A codicon's mark in a command would become a picture.
  const plain = text.replace(/\$\(/g, "$\u200b(");
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}
