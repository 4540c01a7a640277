/**
 * The Layerwise client for VS Code: finds the language server, starts it, and shows its log.
 *
 * It holds no knowledge of Dockerfiles: diagnostics, actions, hints and lenses are all the server's.
 */

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { type LanguageClientOptions, RevealOutputChannelOn } from "vscode-languageclient/node";

import { errorHandler, QuietClient } from "./client";
import { Restarts } from "./restarts";
import { findServer } from "./server-path";

/** The one running client, or none. */
let client: QuietClient | undefined;
/** Starts and stops run one after the other, however fast they are asked for. */
let queue: Promise<void> = Promise.resolve();

/** Called by VS Code when the first Dockerfile is opened. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Layerwise", { log: true });
  const restart = () => enqueue(async () => {
    await stop();
    await start(context, log);
  });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("layerwise.restart", restart),
    vscode.commands.registerCommand("layerwise.showLog", () => log.show()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("layerwise.server.path")) {
        void restart();
      }
    }),
    // The path that an untrusted workspace sets counts from the moment it is trusted.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  await restart();
}

/** Called by VS Code when it closes. */
export function deactivate(): Promise<void> {
  return enqueue(stop);
}

function enqueue(work: () => Promise<void>): Promise<void> {
  queue = queue.then(work, work);
  return queue;
}

async function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  const server = findServer({
    configured: vscode.workspace.getConfiguration("layerwise").get("server.path", ""),
    extensionFolder: context.extensionPath,
    workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    home: homedir(),
    searchPath: process.env["PATH"],
    platform: process.platform,
    isExecutable,
  });
  if ("message" in server) {
    tell(server.message, log, ["Open Setting"]);
    return;
  }
  log.info(`Starting ${server.command} (from the ${server.origin})`);
  const restarts = new Restarts();
  const giveUp = () => {
    const message = "The language server keeps ending. The log says why; “Layerwise: Restart Server” starts it again.";
    tell(message, log, ["Show Log"]);
  };
  const options = { ...clientOptions(log), errorHandler: errorHandler(restarts, giveUp) };
  client = new QuietClient("layerwise", "Layerwise", { command: server.command, args: ["lsp"] }, options);
  try {
    await client.start();
    restarts.worked();
  } catch (error) {
    client = undefined;
    log.error(error instanceof Error ? error : String(error));
    const message =
      `${server.command} does not work as a language server. The log says more; ` +
      "the setting layerwise.server.path can name another program.";
    tell(message, log, ["Open Setting", "Show Log"]);
  }
}

async function stop(): Promise<void> {
  const stopping = client;
  client = undefined;
  await stopping?.dispose();
}

function clientOptions(log: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [
      { language: "dockerfile", scheme: "file" },
      { language: "dockerfile", scheme: "untitled" },
      { language: "containerfile", scheme: "file" },
      { language: "dockerignore", scheme: "file" },
      { pattern: "**/*.dockerignore", scheme: "file" },
      { pattern: "**/layerwise.toml", scheme: "file" },
      // What they name of Dockerfiles is completed, led to and checked.
      { pattern: "**/{compose,docker-compose}{,.*}.{yaml,yml}", scheme: "file" },
      { pattern: "**/docker-bake{,.override}.{hcl,json}", scheme: "file" },
      { pattern: "**/{devcontainer,.devcontainer}.json", scheme: "file" },
    ],
    // What the files of an untrusted workspace say of builds is not heeded; the server starts anew when trust is granted.
    initializationOptions: { workspaceTrusted: vscode.workspace.isTrusted },
    outputChannel: log,
    traceOutputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    progressOnInitialization: false,
    // The default shows the error once more; it is told where the start fails.
    initializationFailedHandler: () => false,
  };
}

type Choice = "Open Setting" | "Show Log";

/** Says it without waiting for an answer: the editor must not hang on a message nobody reads. */
function tell(message: string, log: vscode.LogOutputChannel, choices: Choice[]): void {
  log.error(message);
  void vscode.window.showErrorMessage(message, ...choices).then((choice) => {
    if (choice === "Show Log") {
      log.show();
    } else if (choice === "Open Setting") {
      void vscode.commands.executeCommand("workbench.action.openSettings", "layerwise.server.path");
    }
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
