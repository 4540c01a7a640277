/** What the server works on, in the status bar: a click stops it, and afterwards shows the log. */

import * as vscode from "vscode";

import { Progress, type ProgressValue } from "./progress";
import type { Server } from "./server";

/** How long it is said how something ended. */
const SEEN_MILLISECONDS = 15_000;

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("layerwise.progress", vscode.StatusBarAlignment.Left, 10);
  private readonly progress = new Progress();
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.item.name = "Layerwise";
  }

  /** Takes in what the server says of its work. */
  take(token: string | number, value: ProgressValue): void {
    this.progress.take(token, value);
    this.show();
  }

  clear(): void {
    this.progress.clear();
    this.show();
  }

  /** Stops all that goes on; where nothing does, `otherwise` is done. */
  click(server: Server, otherwise: () => void): void {
    const stops = this.progress.shown()?.stops ?? [];
    for (const token of stops) {
      server.cancel(token);
    }
    if (stops.length === 0) {
      otherwise();
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
  }

  private show(): void {
    clearTimeout(this.timer);
    const shown = this.progress.shown();
    const isRunning = (shown?.stops.length ?? 0) > 0;
    void vscode.commands.executeCommand("setContext", "layerwise.working", isRunning);
    if (shown === undefined) {
      this.item.hide();
      return;
    }
    this.item.text = shown.text;
    this.item.tooltip = isRunning ? shown.tooltip : `${shown.tooltip}\nClick to show the log`;
    this.item.command = "layerwise.stopOrShowLog";
    this.item.accessibilityInformation = { label: shown.tooltip, role: "button" };
    this.item.show();
    if (!isRunning) {
      this.timer = setTimeout(() => this.clear(), SEEN_MILLISECONDS);
    }
  }
}
