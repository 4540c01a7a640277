/**
 * The Layerwise client for VS Code: finds the language server, starts it, and shows its log.
 *
 * It holds no knowledge of Dockerfiles: diagnostics, actions, hints and lenses are all the server's.
 */

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import {
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";

import { findServer } from "./server-path";

/** The one running client, or none. */
let client: LanguageClient | undefined;
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
    tellCannotStart(server.message, log);
    return;
  }
  log.info(`Starting ${server.command} (from the ${server.origin})`);
  client = new LanguageClient("layerwise", "Layerwise", { command: server.command, args: ["lsp"] }, clientOptions(log));
  try {
    await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    client = undefined;
    tellCannotStart(
      `${server.command} did not start as a language server: ${reason}. ` +
        "The log says more; the setting layerwise.server.path names another program.",
      log,
    );
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
    ],
    outputChannel: log,
    traceOutputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    progressOnInitialization: false,
  };
}

/** Says it without waiting for an answer: the editor must not hang on a message nobody reads. */
function tellCannotStart(message: string, log: vscode.LogOutputChannel): void {
  log.error(message);
  void vscode.window.showErrorMessage(message, "Open Setting", "Show Log").then((choice) => {
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
