/** The server's commands as people choose them: with what they are about, where that is missing, and not where nobody trusts the folder. */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

import type { Rewrite, Shell } from "./answers";
import { type Argument, argumentOf } from "./arguments";
import type { GraphPanels } from "./graph-panel";
import type { Server } from "./server";
import { isDockerfile, type StepsView } from "./view";

type ExecuteCommand = NonNullable<Middleware["executeCommand"]>;

/** What commands ask. */
export interface Surroundings {
  readonly server: Server;
  readonly view: StepsView;
  readonly graphs: GraphPanels;
}

/** These run what the Dockerfile says. */
const BUILDS = ["layerwise.build", "layerwise.test", "layerwise.prove", "layerwise.openShell"];

/** How a command goes its way to the server. */
export function executing(surroundings: () => Surroundings): ExecuteCommand {
  return async (command, given: unknown[], next) => {
    const { server, view, graphs } = surroundings();
    if (BUILDS.includes(command) && !vscode.workspace.isTrusted) {
      await sayUntrusted();
      return undefined;
    }
    const argument = argumentOf(given, openDockerfile()?.toString() ?? view.shown?.toString());
    if (argument === undefined) {
      void vscode.window.showInformationMessage("Open a Dockerfile first.");
      return undefined;
    }
    if (command === "layerwise.showGraph") {
      return graphs.show(argument.uri);
    }
    // A document that was closed, or never opened, is read by the server once it is open.
    await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri));
    const sent = command === "layerwise.prove" ? await withRewrite(argument, server) : argument;
    if (sent === undefined) {
      return undefined;
    }
    const answer: unknown = await next(command, [sent]);
    if (command === "layerwise.openShell" && answer) {
      openTerminal(answer as Shell);
    }
    return answer;
  };
}

/** Runs the program in a terminal of its own: no shell reads its words. */
function openTerminal({ title, program, arguments: words }: Shell): void {
  vscode.window.createTerminal({ name: title, shellPath: program, shellArgs: [...words], isTransient: true }).show();
}

function openDockerfile(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document !== undefined && isDockerfile(document) ? document.uri : undefined;
}

/** The argument with the rewrite that is to be proved: the only one there, else the one that the user picks. */
async function withRewrite(argument: Argument, server: Server): Promise<Argument | undefined> {
  if (argument.rewrite !== undefined) {
    return argument;
  }
  const { uri } = argument;
  const answer = await server.ask<{ rewrites: Rewrite[] }>("layerwise.rewrites", { uri });
  const provable = (answer?.rewrites ?? []).filter((rewrite) => rewrite.provable);
  if (provable.length === 0) {
    void vscode.window.showInformationMessage("No rewrite applies here, so there is nothing to prove.");
    return undefined;
  }
  const rows = provable.map((rewrite) => ({ label: rewrite.title, description: `line ${rewrite.line}`, rewrite }));
  const placeHolder = "Builds and runs both Dockerfiles, before and after the rewrite, and compares the images";
  const picked = rows.length === 1 ? rows[0] : await vscode.window.showQuickPick(rows, { title: "Prove a Rewrite", placeHolder });
  return picked && { uri, rewrite: picked.rewrite.id, line: picked.rewrite.line - 1 };
}

async function sayUntrusted(): Promise<void> {
  const trust = "Manage Workspace Trust";
  const message = "This folder is open in Restricted Mode, so nothing of it is built.";
  if ((await vscode.window.showWarningMessage(message, trust)) === trust) {
    await vscode.commands.executeCommand("workbench.trust.manage");
  }
}
