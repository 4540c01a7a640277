/** The view of the Dockerfile that is open: its builder, stages and steps, kept fresh while it can be seen. */

import * as vscode from "vscode";

import type { Builder, BuildEvents, Graph, Rewrite, StepEvent } from "./answers";
import type { Argument, Subject } from "./arguments";
import { builderRow, type Row, stageRows, summary } from "./rows";
import type { Server } from "./server";

/** Typing that goes on within this time asks for nothing. */
const PAUSE_MILLISECONDS = 250;

/** What is known of one Dockerfile. */
interface Known {
  readonly graph: Graph;
  readonly rewrites: readonly Rewrite[];
}

/** A row of the tree, with what commands need of it. */
export class Item extends vscode.TreeItem implements Subject {
  constructor(
    readonly row: Row,
    readonly argument: Argument,
  ) {
    super(row.label, foldOf(row));
    this.description = row.description;
    this.tooltip = row.tooltip;
    this.contextValue = row.context;
    this.iconPath = new vscode.ThemeIcon(row.icon, row.color === undefined ? undefined : new vscode.ThemeColor(row.color));
    this.accessibilityInformation = { label: row.tooltip };
    if (row.line !== undefined) {
      this.command = { command: "layerwise.goToLine", title: "Go to Line", arguments: [argument.uri, row.line] };
    }
  }
}

export class StepsView implements vscode.TreeDataProvider<Item>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<Item>;
  private readonly disposables: vscode.Disposable[];

  private uri: vscode.Uri | undefined;
  private known: Known | undefined;
  private builder: Builder | string | undefined;
  /** Of the build of this Dockerfile that runs: its steps, and what is said of it. */
  private running = new Map<number, StepEvent>();
  private building: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** The number of the last question: an answer to an earlier one is stale. */
  private asked = 0;

  /** `learned`: more may be known of the builds of a Dockerfile. */
  constructor(
    private readonly server: Server,
    learned: vscode.Event<vscode.Uri>,
  ) {
    this.tree = vscode.window.createTreeView("layerwise.steps", { treeDataProvider: this });
    const isOurs = (uri: vscode.Uri) => uri.toString() === this.uri?.toString();
    this.disposables = [
      this.changed,
      this.tree,
      server.onDidStart(() => this.forget()),
      learned((uri) => isOurs(uri) && this.refreshSoon()),
      server.onBuildEvents((events) => this.follow(events)),
      this.tree.onDidChangeVisibility(() => this.refreshSoon()),
      vscode.window.onDidChangeActiveTextEditor(() => this.choose()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => isOurs(document.uri) && this.refreshSoon()),
      vscode.workspace.onDidSaveTextDocument(() => this.refreshSoon()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => isOurs(uri) && this.choose()),
    ];
    this.choose();
  }

  /** The Dockerfile that is shown. */
  get shown(): vscode.Uri | undefined {
    return this.uri;
  }

  getTreeItem(item: Item): Item {
    return item;
  }

  getChildren(parent?: Item): Item[] {
    const { uri, known } = this;
    if (uri === undefined || known === undefined) {
      return [];
    }
    const address = uri.toString();
    const item = (row: Row) => new Item(row, argumentOf(address, row));
    if (parent !== undefined) {
      return parent.row.children.map(item);
    }
    const builder = this.builder === undefined ? [] : [builderRow(this.builder)];
    return [...builder, ...stageRows(known.graph, known.rewrites, this.running)].map(item);
  }

  /** Asks for everything anew. */
  refresh(): void {
    this.builder = undefined;
    this.refreshSoon(0);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) {
      disposable.dispose();
    }
  }

  private forget(): void {
    this.endBuild();
    this.refresh();
  }

  private endBuild(): void {
    this.running.clear();
    this.building = undefined;
  }

  /** Another editor is in front: a Dockerfile there is shown; beside anything else the last one stays. */
  private choose(): void {
    const front = vscode.window.activeTextEditor?.document;
    const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === this.uri?.toString());
    const next = front !== undefined && isDockerfile(front) ? front.uri : isOpen ? this.uri : undefined;
    if (next?.toString() === this.uri?.toString()) {
      return;
    }
    this.uri = next;
    this.known = undefined;
    this.endBuild();
    this.tree.description = next === undefined ? "" : vscode.workspace.asRelativePath(next);
    this.tree.message = "";
    this.changed.fire();
    this.refreshSoon(0);
  }

  private refreshSoon(pause = PAUSE_MILLISECONDS): void {
    clearTimeout(this.timer);
    if (this.uri !== undefined && this.tree.visible) {
      this.timer = setTimeout(() => void this.ask(), pause);
    }
  }

  private async ask(): Promise<void> {
    const { uri } = this;
    if (uri === undefined) {
      return;
    }
    this.asked += 1;
    const number = this.asked;
    const argument = { uri: uri.toString() };
    try {
      const [graph, rewrites] = await Promise.all([
        this.server.ask<Graph>("layerwise.graph", argument),
        this.server.ask<{ rewrites: Rewrite[] }>("layerwise.rewrites", argument),
      ]);
      if (number !== this.asked || graph === undefined) {
        return;
      }
      this.known = { graph, rewrites: rewrites?.rewrites ?? [] };
      this.tree.message = this.building ?? summary(graph);
      this.changed.fire();
    } catch (error) {
      if (number === this.asked) {
        // What was known stays: a half-typed file is the usual reason.
        this.tree.message = messageOf(error);
      }
    }
    await this.askBuilder(argument);
  }

  /** Finding the builder may take a while, and it seldom changes: it is asked once. */
  private async askBuilder(argument: Argument): Promise<void> {
    if (this.builder !== undefined || !vscode.workspace.isTrusted) {
      return;
    }
    try {
      this.builder = await this.server.ask<Builder>("layerwise.builder", argument);
    } catch (error) {
      this.builder = messageOf(error);
    }
    this.changed.fire();
  }

  private follow({ uri, events }: BuildEvents): void {
    const isShown = vscode.Uri.parse(uri).toString() === this.uri?.toString();
    for (const event of isShown ? events : []) {
      switch (event.event) {
        case "started":
          this.running.clear();
          this.building = `Building ${event.target} on ${event.builder}.`;
          this.tree.message = this.building;
          break;
        case "step":
          this.running.set(event.line, event);
          break;
        case "finished":
          this.endBuild();
          this.refreshSoon(0);
          break;
      }
    }
    if (isShown) {
      this.changed.fire();
    }
  }
}

/** Whether a document is a Dockerfile on disk: only such have a build. */
export function isDockerfile({ languageId, uri }: vscode.TextDocument): boolean {
  return uri.scheme === "file" && (languageId === "dockerfile" || languageId === "containerfile");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A stage is named; a step is where it stands, counted from 0. */
function argumentOf(uri: string, row: Row): Argument {
  if (row.target !== undefined) {
    return { uri, target: row.target };
  }
  return row.line === undefined ? { uri } : { uri, line: row.line - 1 };
}

function foldOf({ children, open }: Row): vscode.TreeItemCollapsibleState {
  if (children.length === 0) {
    return vscode.TreeItemCollapsibleState.None;
  }
  return open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}
