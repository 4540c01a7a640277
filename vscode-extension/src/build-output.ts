/** Logs of builds: an output channel for each thing that is built, links from its steps to the Dockerfile, and folds in kept logs. */

import * as vscode from "vscode";

import type { BuildEvents } from "./answers";
import { dockerfileOf, logFolds, logLinks, logText } from "./build-log";
import type { Server } from "./server";

export const LOG_LANGUAGE = "layerwise-build-log";

export class BuildOutput implements vscode.Disposable {
  /** By what is built, so that the next build of the same is where the last one was. */
  private readonly channels = new Map<string, vscode.OutputChannel>();
  /** The channel of the build that was heard of last. */
  private latest: vscode.OutputChannel | undefined;
  private readonly disposables: vscode.Disposable[];

  constructor(server: Server) {
    const ours = { language: LOG_LANGUAGE };
    this.disposables = [
      server.onBuildEvents((events) => this.write(events)),
      vscode.languages.registerDocumentLinkProvider(ours, { provideDocumentLinks: (document) => links(document) }),
      vscode.languages.registerFoldingRangeProvider(ours, {
        provideFoldingRanges: (document) =>
          logFolds(document.getText()).map(({ start, end }) => new vscode.FoldingRange(start, end)),
      }),
    ];
  }

  /** Shows the last log; whether there is one. */
  show(): boolean {
    this.latest?.show(true);
    return this.latest !== undefined;
  }

  dispose(): void {
    for (const disposable of [...this.disposables, ...this.channels.values()]) {
      disposable.dispose();
    }
  }

  private write({ uri, events }: BuildEvents): void {
    for (const event of events) {
      if (event.event === "started") {
        this.latest = this.channel(vscode.Uri.parse(uri), event.target);
        this.latest.clear();
      }
    }
    const text = events.map(logText).join("");
    this.latest?.append(text);
  }

  private channel(uri: vscode.Uri, target: string): vscode.OutputChannel {
    const name = `Layerwise: ${target} of ${vscode.workspace.asRelativePath(uri)}`;
    const channel = this.channels.get(name) ?? vscode.window.createOutputChannel(name, LOG_LANGUAGE);
    this.channels.set(name, channel);
    return channel;
  }
}

function links(document: vscode.TextDocument): vscode.DocumentLink[] {
  const text = document.getText();
  const file = dockerfileOf(text);
  if (file === undefined) {
    return [];
  }
  return logLinks(text).map(({ row, start, end, line }) => {
    const target = vscode.Uri.file(file).with({ fragment: `L${line}` });
    return new vscode.DocumentLink(new vscode.Range(row, start, row, end), target);
  });
}
