/** A folder that the user does not trust: it is read, and nothing of it is built. */

import assert from "node:assert/strict";
import * as vscode from "vscode";

import { text, until } from "./window";

describe("in Restricted Mode", () => {
  it("findings are shown, and nothing is built", async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder, "no folder is open");
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, "Dockerfile"));
    await vscode.window.showTextDocument(document);
    await until("the findings", () => (vscode.languages.getDiagnostics(document.uri).length > 0 ? true : undefined));
    void vscode.commands.executeCommand("layerwise.build");
    await vscode.commands.executeCommand("notifications.showList");
    // The editor may have said something of its own before.
    await text('.notification-list-item-message:has-text("Restricted Mode, so nothing of it is built")');
  });
});
