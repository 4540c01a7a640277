/** The language server's process: found, started, started anew, and asked. */

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import {
  ExecuteCommandRequest,
  type LanguageClientOptions,
  type Middleware,
  ProgressType,
  type ProgressToken,
  RevealOutputChannelOn,
  State,
  WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";

import type { BuildEvents } from "./answers";
import type { Argument } from "./arguments";
import { errorHandler, QuietClient } from "./client";
import { Restarts } from "./restarts";
import { findServer } from "./server-path";

/** Under this the server tells the events of builds. */
const BUILD_EVENTS = "layerwise-builds";

export class Server implements vscode.Disposable {
  /** The one running client, or none. */
  private client: QuietClient | undefined;
  /** Starts and stops run one after the other, however fast they are asked for. */
  private queue: Promise<void> = Promise.resolve();
  private readonly began = new vscode.EventEmitter<void>();
  private readonly told = new vscode.EventEmitter<BuildEvents>();

  /** A server has begun to answer; nothing of the one before holds any more. */
  readonly onDidStart = this.began.event;
  /** A build has gone on. */
  readonly onBuildEvents = this.told.event;

  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly middleware: Middleware,
  ) {}

  /** Starts the server anew, or for the first time. */
  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.end();
      await this.start();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.end());
  }

  /** What a command answers; nothing where no server runs. Rejects with what the server says is wrong. */
  async ask<T>(command: string, argument: Argument): Promise<T | undefined> {
    const { client } = this;
    return client?.isRunning() ? client.sendRequest<T>(ExecuteCommandRequest.method, { command, arguments: [argument] }) : undefined;
  }

  /** Presses the button of a progress. */
  cancel(token: ProgressToken): void {
    void this.client?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  }

  dispose(): void {
    for (const emitter of [this.began, this.told]) {
      emitter.dispose();
    }
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work, work);
    return this.queue;
  }

  private async start(): Promise<void> {
    const found = findServer({
      configured: vscode.workspace.getConfiguration("layerwise").get("server.path", ""),
      extensionFolder: this.extensionPath,
      workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      home: homedir(),
      searchPath: process.env["PATH"],
      platform: process.platform,
      isExecutable,
    });
    if ("message" in found) {
      this.tell(found.message, ["Open Setting"]);
      return;
    }
    this.log.info(`Starting ${found.command} (from the ${found.origin})`);
    const restarts = new Restarts();
    const giveUp = () => {
      const message = "The language server keeps ending. The log says why; “Layerwise: Restart Server” starts it again.";
      this.tell(message, ["Show Log"]);
    };
    const options = { ...this.options(), errorHandler: errorHandler(restarts, giveUp) };
    const client = new QuietClient("layerwise", "Layerwise", { command: found.command, args: ["lsp"] }, options);
    this.client = client;
    client.onProgress(new ProgressType<BuildEvents>(), BUILD_EVENTS, (events) => this.told.fire(events));
    // The library starts a server anew by itself where one ended.
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        restarts.worked();
        this.began.fire();
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      this.log.error(error instanceof Error ? error : String(error));
      const message =
        `${found.command} does not work as a language server. The log says more; ` +
        "the setting layerwise.server.path can name another program.";
      this.tell(message, ["Open Setting", "Show Log"]);
    }
  }

  private async end(): Promise<void> {
    const ending = this.client;
    this.client = undefined;
    await ending?.dispose();
  }

  private options(): LanguageClientOptions {
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
      initializationOptions: { workspaceTrusted: vscode.workspace.isTrusted, buildEvents: BUILD_EVENTS, opensTerminals: true },
      outputChannel: this.log,
      traceOutputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      progressOnInitialization: false,
      // The default shows the error once more; it is told where the start fails.
      initializationFailedHandler: () => false,
      middleware: this.middleware,
    };
  }

  /** Says it without waiting for an answer: the editor must not hang on a message nobody reads. */
  private tell(message: string, choices: ("Open Setting" | "Show Log")[]): void {
    this.log.error(message);
    void vscode.window.showErrorMessage(message, ...choices).then((choice) => {
      if (choice === "Show Log") {
        this.log.show();
      } else if (choice === "Open Setting") {
        void vscode.commands.executeCommand("workbench.action.openSettings", "layerwise.server.path");
      }
    });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
