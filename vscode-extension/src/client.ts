/**
 * The language client with manners: what goes wrong is in the log, and the user is told once, with what to do.
 *
 * The library's own client shows each failed attempt as a notification of its own, five of them for one server that dies.
 */

import { CloseAction, ErrorAction, type ErrorHandler, LanguageClient } from "vscode-languageclient/node";

import type { Restarts } from "./restarts";

/** Logs every error; notifications are the extension's. */
export class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Leaves the decision to `restarts`, and calls `giveUp` when a server that worked keeps ending. */
export function errorHandler(restarts: Restarts, giveUp: () => void): ErrorHandler {
  return {
    error: () => ({ action: ErrorAction.Continue, handled: true }),
    closed: () => {
      const after = restarts.ended(Date.now());
      if (after === "keeps ending") {
        giveUp();
      }
      return { action: after === "restart" ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
    },
  };
}
