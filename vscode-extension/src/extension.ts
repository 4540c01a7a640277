/**
 * The Layerwise client for VS Code: starts the language server, and shows what its commands answer where the protocol has no place for it.
 *
 * It holds no knowledge of Dockerfiles: diagnostics, actions, hints, lenses, graphs and predictions are all the server's.
 */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

import { BuildOutput } from "./build-output";
import { executing } from "./commands";
import { goToLine, GraphPanels } from "./graph-panel";
import { doubled } from "./other-linters";
import { Server } from "./server";
import { StatusBar } from "./status-bar";
import { StepsView } from "./view";

const WALKTHROUGH = "layerwise.layerwise#layerwise.start";
const TOLD_OF_LINTERS = "layerwise.toldOfOtherLinters";

let server: Server | undefined;

/** Called by VS Code when the first Dockerfile is opened, or a command of ours is chosen. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Layerwise", { log: true });
  const status = new StatusBar();
  const learned = new vscode.EventEmitter<vscode.Uri>();
  const middleware: Middleware = {
    executeCommand: executing(() => ({ server: starting, view, graphs })),
    handleWorkDoneProgress: (token, value, next) => {
      status.take(token, value);
      // The library would show it too, without a way to stop it; it lets go of the token at the end.
      if (value.kind === "end") {
        next(token, value);
      }
    },
    provideInlayHints: (document, range, token, next) => {
      // The server asks for its hints to be drawn anew whenever more is known of builds: no message of its own is needed for that.
      learned.fire(document.uri);
      return next(document, range, token);
    },
  };
  const starting = new Server(context.extensionPath, log, middleware);
  server = starting;
  const graphs = new GraphPanels(starting, learned.event);
  const output = new BuildOutput(starting);
  const view = new StepsView(starting, learned.event);
  const restart = () => starting.restart();
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    log,
    learned,
    status,
    starting,
    graphs,
    output,
    view,
    starting.onDidStart(() => status.clear()),
    registerCommand("layerwise.restart", restart),
    registerCommand("layerwise.showLog", () => log.show()),
    registerCommand("layerwise.refresh", () => view.refresh()),
    registerCommand("layerwise.goToLine", (uri: string, line: number) => goToLine(vscode.Uri.parse(uri), line)),
    registerCommand("layerwise.showBuildOutput", () => output.show() || log.show()),
    registerCommand("layerwise.stopOrShowLog", () => status.click(starting, () => output.show() || log.show())),
    registerCommand("layerwise.getStarted", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH),
    ),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("layerwise.server.path")) {
        void restart();
      }
    }),
    // The path that an untrusted workspace sets counts from the moment it is trusted.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  void tellOfOtherLinters(context);
  await restart();
}

/** Called by VS Code when it closes. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** Says once, on this machine, that other extensions find the same and how that is switched off. */
async function tellOfOtherLinters(context: vscode.ExtensionContext): Promise<void> {
  const others = doubled(vscode.extensions.all.map(({ id }) => id));
  if (others === undefined || context.globalState.get(TOLD_OF_LINTERS) === true) {
    return;
  }
  await context.globalState.update(TOLD_OF_LINTERS, true);
  const show = "Show Extensions";
  if ((await vscode.window.showInformationMessage(others.message, show)) === show) {
    await vscode.commands.executeCommand("workbench.extensions.search", others.search);
  }
}
