/** The graph of a Dockerfile in a tab beside it, which follows the text and the builds. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import { graphPage } from "./graph-page";
import type { Server } from "./server";
import { messageOf } from "./view";

const PAUSE_MILLISECONDS = 400;

export class GraphPanels implements vscode.Disposable {
  /** One for each Dockerfile, by its address. */
  private readonly panels = new Map<string, GraphPanel>();

  /** `learned`: more may be known of the builds of a Dockerfile. */
  constructor(
    private readonly server: Server,
    private readonly learned: vscode.Event<vscode.Uri>,
  ) {}

  /** Shows the graph of a Dockerfile; rejects with what the server says where it cannot be drawn. */
  async show(uri: string): Promise<void> {
    const svg = await this.server.ask<string>("layerwise.graph", { uri, format: "svg" });
    if (svg === undefined) {
      return;
    }
    const shown = this.panels.get(uri);
    if (shown !== undefined) {
      shown.reveal(svg);
      return;
    }
    const panel = new GraphPanel(this.server, this.learned, vscode.Uri.parse(uri), svg);
    this.panels.set(uri, panel);
    panel.onDidClose(() => this.panels.delete(uri));
  }

  dispose(): void {
    for (const panel of this.panels.values()) {
      panel.dispose();
    }
  }
}

class GraphPanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly disposables: vscode.Disposable[];
  private svg = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: Server,
    learned: vscode.Event<vscode.Uri>,
    private readonly uri: vscode.Uri,
    svg: string,
  ) {
    const title = `Graph of ${vscode.workspace.asRelativePath(uri)}`;
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false };
    // No file of this machine may be read by the page.
    const options = { enableScripts: true, enableFindWidget: true, localResourceRoots: [] };
    this.panel = vscode.window.createWebviewPanel("layerwise.graph", title, place, options);
    const isOurs = (other: vscode.Uri) => other.toString() === uri.toString();
    this.disposables = [
      learned((other) => isOurs(other) && this.drawSoon()),
      server.onBuildEvents(({ events }) => events.some(({ event }) => event === "finished") && this.drawSoon()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => isOurs(document.uri) && this.drawSoon()),
      this.panel.onDidChangeViewState(() => this.drawSoon()),
      this.panel.webview.onDidReceiveMessage((message: { line?: unknown }) => {
        if (typeof message.line === "number") {
          void goToLine(this.uri, message.line);
        }
      }),
      this.panel.onDidDispose(() => this.end()),
    ];
    this.draw(svg);
  }

  get onDidClose(): vscode.Event<void> {
    return this.panel.onDidDispose;
  }

  reveal(svg: string): void {
    this.draw(svg);
    this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** The same picture is not loaded again: the page would begin anew. */
  private draw(svg: string): void {
    if (svg !== this.svg) {
      this.svg = svg;
      this.panel.webview.html = graphPage(svg, randomBytes(16).toString("hex"));
    }
  }

  private drawSoon(): void {
    clearTimeout(this.timer);
    if (this.panel.visible) {
      this.timer = setTimeout(() => void this.drawAgain(), PAUSE_MILLISECONDS);
    }
  }

  private async drawAgain(): Promise<void> {
    try {
      this.draw((await this.server.ask<string>("layerwise.graph", { uri: this.uri.toString(), format: "svg" })) ?? this.svg);
      this.panel.title = `Graph of ${vscode.workspace.asRelativePath(this.uri)}`;
    } catch (error) {
      // A half-typed file cannot be drawn: the last picture stays, and the title says that it is of before.
      this.panel.title = `Graph as it was (${messageOf(error)})`;
    }
  }

  private end(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) {
      disposable.dispose();
    }
  }
}

/** Shows a line, which counts from 1, in the editor where its file is open, else in the first one. */
export async function goToLine(uri: vscode.Uri, line: number): Promise<void> {
  const open = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  const start = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(uri, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.One,
    selection: new vscode.Range(start, start),
  });
}
