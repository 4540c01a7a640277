/** Whether a server that ended is started again. Pure: the time comes in. */

const ENDS_AT_MOST = 5;
const WITHIN_MILLISECONDS = 3 * 60 * 1000;

/** What to do about a server that ended. */
export type AfterEnd = "restart" | "never worked" | "keeps ending";

/** Starts again what has worked once, unless it keeps ending. */
export class Restarts {
  private ends: number[] = [];
  private hasWorked = false;

  /** The server has answered once. */
  worked(): void {
    this.hasWorked = true;
  }

  /** The server ended at this time, in milliseconds. */
  ended(now: number): AfterEnd {
    if (!this.hasWorked) {
      return "never worked";
    }
    this.ends = [...this.ends.filter((end) => now - end < WITHIN_MILLISECONDS), now];
    return this.ends.length < ENDS_AT_MOST ? "restart" : "keeps ending";
  }
}
