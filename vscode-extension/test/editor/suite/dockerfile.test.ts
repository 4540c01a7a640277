/** The installed extension and its server, seen through VS Code's own API. */

import assert from "node:assert/strict";
import * as vscode from "vscode";

import { until } from "./window";

const SOURCE = "layerwise";

describe("a Dockerfile in VS Code", () => {
  let document: vscode.TextDocument;

  before(async () => {
    document = await open("Dockerfile");
    await until("the first diagnostics", () => ours(document).length > 0 || undefined);
  });

  it("is read by the installed extension", async () => {
    const extension = vscode.extensions.getExtension("layerwise.layerwise");
    assert.ok(extension, "the extension is not installed");
    await until("the extension is active", () => extension.isActive || undefined);
  });

  it("shows that a stage does not exist, on its line", async () => {
    const diagnostic = await until("a diagnostic on COPY --from=biuld", () =>
      ours(document).find(({ range }) => document.lineAt(range.start.line).text.includes("--from=biuld")),
    );
    assert.match(diagnostic.message, /biuld/);
    assert.ok(typeof diagnostic.code === "object", "the code has no link to its page");
  });

  it("shows each diagnostic once", () => {
    const seen = ours(document).map(({ range, message }) => `${range.start.line}: ${message}`);
    assert.deepEqual(seen, [...new Set(seen)]);
  });

  it("offers to build each stage, by a command that VS Code knows", async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri);
    const builds = lenses.filter(({ command }) => command?.command === "layerwise.build");
    assert.deepEqual(builds.map(({ range }) => document.lineAt(range.start.line).text), [
      "FROM debian:bookworm-slim AS build",
      "FROM debian:bookworm-slim",
    ]);
    assert.ok((await vscode.commands.getCommands()).includes("layerwise.build"));
  });

  it("follows an edit", async () => {
    const line = document.getText().split("\n").findIndex((text) => text.includes("--from=biuld"));
    assert.ok(ours(document).some(({ range }) => range.start.line === line));
    const wrong = document.lineAt(line).text.indexOf("biuld");
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(line, wrong, line, wrong + "biuld".length), "build");
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until("the diagnostic to go", () => !ours(document).some(({ range }) => range.start.line === line) || undefined);
  });

  it("is shown again after a restart of the server", async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, "\nCOPY --from=nowhere /a /b\n");
    assert.ok(await vscode.workspace.applyEdit(edit));
    const found = () => ours(document).find(({ message }) => message.includes("nowhere"));
    await until("a diagnostic on COPY --from=nowhere", found);
    await vscode.commands.executeCommand("layerwise.restart");
    await until("the diagnostic after the restart", found);
  });
});

describe("other files", () => {
  it("have their language", async () => {
    assert.equal((await open(".dockerignore")).languageId, "dockerignore");
    assert.equal((await open("Dockerfile.dockerignore")).languageId, "dockerignore");
  });
});

async function open(name: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "no folder is open");
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

function ours(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === SOURCE);
}
