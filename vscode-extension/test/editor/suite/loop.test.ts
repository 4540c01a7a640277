/** The whole loop in the editor, on a real engine: findings, the split, a build, what is known after it, and the graph. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as vscode from "vscode";

import { ask, picture, rows, text, until } from "./window";

const STATUS = "#layerwise\\.layerwise\\.layerwise\\.progress";

describe("the loop", () => {
  let document: vscode.TextDocument;
  let editor: vscode.TextEditor;

  const file = (name: string) => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder, "no folder is open");
    return vscode.Uri.joinPath(folder.uri, "leaky-node", name);
  };
  const run = (command: string, ...words: unknown[]) => vscode.commands.executeCommand(command, ...words);
  const lineOf = (part: string) => document.getText().split("\n").findIndex((line) => line.includes(part));

  before(async () => {
    await run("workbench.action.closeAllEditors");
    await run("notifications.clearAll");
    document = await vscode.workspace.openTextDocument(file("Dockerfile"));
    editor = await vscode.window.showTextDocument(document);
  });

  it("begins with what is wrong, without an engine", async () => {
    await until("the findings", () => (vscode.languages.getDiagnostics(document.uri).length > 3 ? true : undefined));
    await run("workbench.actions.view.problems");
    await ask({ what: "text", selector: ".markers-panel .monaco-list-row" });
    await run("workbench.action.closeSidebar");
    await run("editorScroll", { to: "up", by: "page" });
    await picture("findings");
    await run("workbench.action.closePanel");
  });

  it("splits the build from what runs, as a plain edit", async () => {
    const range = document.lineAt(lineOf("FROM")).range;
    const kind = "refactor.extract.stages";
    const actions = await run("vscode.executeCodeActionProvider", document.uri, range, kind, 10) as vscode.CodeAction[];
    const edit = actions.find((action) => action.kind?.value === kind)?.edit;
    assert.ok(edit, "no split is offered");
    assert.ok(await vscode.workspace.applyEdit(edit));
    await run("workbench.files.action.compareWithSaved");
    await ask({ what: "text", selector: ".monaco-diff-editor .line-insert, .monaco-diff-editor .view-line" });
    await picture("split");
    await run("workbench.action.closeActiveEditor");
    editor = await vscode.window.showTextDocument(document);
    assert.ok(await document.save());
    assert.equal(document.getText().match(/^FROM/gm)?.length, 2);
  });

  it("shows the stages and steps, and the builder, before anything is built", async () => {
    await run("layerwise.steps.focus");
    const shown = await until("the rows", async () => {
      const all = await rows();
      return all.some((row) => row.startsWith("docker ")) && all.length > 8 ? all : undefined;
    });
    assert.ok(shown.some((row) => row.startsWith("RUN npm")), shown.join("\n"));
    assert.match(await text(".pane-body .message, .tree-explorer-viewlet-tree-view .message"), /Not built yet/);
  });

  it("says which step runs, writes the log, and says how it ended", async () => {
    await vscode.window.showTextDocument(document);
    let builds = 0;
    await picture("build", async () => {
      builds += 1;
      if (builds > 1) {
        await ask({ what: "text", selector: `${STATUS}:has-text("built in")` });
      }
      // The engine may have built the same before.
      writeFileSync(file("src/stamp.js").fsPath, `export const stamp = ${Date.now()};\n`);
      await run("layerwise.build");
      await ask({ what: "text", selector: `${STATUS}:has-text("RUN npm")` });
      await run("layerwise.showBuildOutput");
      await ask({ what: "text", selector: ".output-view .view-line:has-text('RUN npm')" });
      await ask({ what: "text", selector: ".pane-body .monaco-list-row:has-text('running')" });
    });
    await ask({ what: "text", selector: ".output-view .view-line:has-text('│')" });
    assert.match(await text(`${STATUS}:has-text("built in")`), /built in .*, \d+ of \d+ steps cached/);
    const log = vscode.workspace.textDocuments.find(({ languageId }) => languageId === "layerwise-build-log");
    assert.ok(log, "no log is written");
    await until("the end of the log", () => /\nbuilt in /.exec(log.getText()) ?? undefined);
    const links = (await run("vscode.executeLinkProvider", log.uri)) as vscode.DocumentLink[];
    const to = links.map(({ target }) => target?.with({ fragment: "" }).toString());
    assert.ok(to.includes(document.uri.toString()), to.join("\n"));
    await run("workbench.action.closePanel");
  });

  it("knows the next build, behind each step and in the view", async () => {
    writeFileSync(file("src/added.js").fsPath, "export const added = true;\n");
    const hints = await until("a prediction", async () => {
      const all = new vscode.Range(0, 0, document.lineCount, 0);
      const found = (await run("vscode.executeInlayHintProvider", document.uri, all)) as vscode.InlayHint[];
      const labels = found.map(({ label }) => String(label));
      return labels.some((label) => label.startsWith("rebuild")) ? labels : undefined;
    });
    assert.ok(hints.some((label) => label.startsWith("cached") || label.includes("s")), hints.join());
    const message = ".tree-explorer-viewlet-tree-view .message";
    await until("the view's prediction", async () => (/Next build: \d+ of/.test(await text(message)) ? true : undefined));
    await until("the rows", async () => ((await rows()).some((row) => /rebuild · /.test(row)) ? true : undefined));
    await picture("view");
    await run("workbench.action.closeSidebar");
    await run("notifications.clearAll");
    await picture("hints");
  });

  it("draws the graph, from which a key leads to the line", async () => {
    await run("layerwise.showGraph");
    await ask({ what: "focus", selector: "#graph [data-line][tabindex='0']" });
    await run("workbench.action.toggleMaximizeEditorGroup");
    await picture("graph");
    await run("workbench.action.toggleMaximizeEditorGroup");
    await ask({ what: "focus", selector: "#graph [data-line][tabindex='0']" });
    for (const key of ["Home", "ArrowDown", "Enter"]) {
      await ask({ what: "press", key });
    }
    const second = lineOf("FROM") + 2;
    const place = await until("the line of the second step", () => {
      const front = vscode.window.activeTextEditor;
      const line = front?.document === document ? front.selection.active.line : undefined;
      return line === undefined || line < second - 1 ? undefined : line;
    });
    assert.match(document.lineAt(place).text, /^(WORKDIR|COPY|RUN)/);
    assert.equal(editor.document, document);
  });

  it("folds the log of the last build by its steps", async () => {
    await run("layerwise.showBuildLog");
    const log = await until("the log", () =>
      vscode.window.activeTextEditor?.document.fileName.endsWith(".log") ? vscode.window.activeTextEditor.document : undefined,
    );
    assert.equal(log.languageId, "layerwise-build-log");
    const folds = (await run("vscode.executeFoldingRangeProvider", log.uri)) as vscode.FoldingRange[];
    const heads = folds.map(({ start }) => log.lineAt(start).text);
    assert.ok(heads.length > 0 && heads.every((head) => head.startsWith("line ")), heads.join("\n"));
  });

  it("has a terminal opened in the state before the step that failed", async () => {
    editor = await vscode.window.showTextDocument(document);
    const line = document.lineCount;
    await editor.edit((edit) => edit.insert(document.lineAt(line - 1).range.end, `\nRUN false # ${Date.now()}\n`));
    assert.ok(await document.save());
    const failing = document.lineAt(lineOf("RUN false")).range;
    await run("layerwise.build");
    const action = await until("the action", async () => {
      const found = (await run("vscode.executeCodeActionProvider", document.uri, failing, "quickfix")) as vscode.CodeAction[];
      return found.find(({ command }) => command?.command === "layerwise.openShell");
    });
    const opened = new Promise<vscode.Terminal>((resolve) => vscode.window.onDidOpenTerminal(resolve));
    await run("layerwise.openShell", ...(action.command?.arguments ?? []));
    const terminal = await opened;
    assert.equal(terminal.name, "Open a shell in the state before this step");
    const { shellPath, shellArgs } = terminal.creationOptions as vscode.TerminalOptions;
    assert.match(shellPath ?? "", /layerwise$/);
    assert.deepEqual([shellArgs?.at(0), shellArgs?.at(-1)], ["build", "--shell-on-failure"]);
    terminal.dispose();
  });

  it("has a walkthrough", async () => {
    await run("layerwise.getStarted");
    await ask({ what: "text", selector: '.gettingStartedContainer .category-title:visible:has-text("Get Started with Layerwise")' });
  });
});
