/** The window as a suite sees it: what is drawn there, keys, and pictures. The runner does what is asked; see `../window.mjs`. */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

const THEMES = { dark: "Default Dark Modern", light: "Default Light Modern" } as const;

/** Windows of a run follow each other: the asks of one are not those of the other. */
const session = `${Date.now()}`;
let asks = 0;

type Ask =
  | { readonly what: "press"; readonly key: string }
  | { readonly what: "click" | "text" | "texts" | "focus"; readonly selector: string }
  | { readonly what: "picture"; readonly name: string };

/** Has the runner do something, and returns what came of it. What a selector names is waited for. */
export async function ask(what: Ask): Promise<unknown> {
  asks += 1;
  const path = join(process.env["LAYERWISE_TEST_WINDOW"] ?? "", `${session}-${asks}`);
  writeFileSync(`${path}.new`, JSON.stringify(what));
  renameSync(`${path}.new`, `${path}.ask`);
  const answer = await until(`an answer to ${JSON.stringify(what)}`, () =>
    existsSync(`${path}.answer`) ? (JSON.parse(readFileSync(`${path}.answer`, "utf8")) as { value: unknown; error?: string }) : undefined,
  );
  if (answer.error !== undefined) {
    throw new Error(answer.error);
  }
  return answer.value;
}

/** The text of the first thing that a selector names, once it is there. */
export async function text(selector: string): Promise<string> {
  return String(await ask({ what: "text", selector })).replaceAll("\u00a0", " ");
}

/** The texts of all rows of the view. */
export async function rows(): Promise<string[]> {
  const texts = (await ask({ what: "texts", selector: ".pane-body .monaco-list-row" })) as string[];
  return texts.map((row) => row.replaceAll("\u00a0", " ").replaceAll("\n", " ").trim());
}

/** Takes a picture in the dark and one in the light; `before` brings about what is to be seen, for each. */
export async function picture(name: string, before: () => Promise<void> = async () => {}): Promise<void> {
  for (const [mode, theme] of Object.entries(THEMES)) {
    await vscode.workspace.getConfiguration("workbench").update("colorTheme", theme, vscode.ConfigurationTarget.Global);
    const kind = mode === "dark" ? vscode.ColorThemeKind.Dark : vscode.ColorThemeKind.Light;
    await until(`the ${mode} theme`, () => vscode.window.activeColorTheme.kind === kind || undefined);
    await ask({ what: "text", selector: mode === "dark" ? ".monaco-workbench.vs-dark" : ".monaco-workbench.vs" });
    await before();
    await ask({ what: "picture", name: `${name}-${mode}` });
  }
}

/** Waits for what the editor will say; not everything has an event, hence the looks in between. */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 150_000;
  while (Date.now() < deadline) {
    const value = await look();
    if (value !== undefined) {
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for ${what}`);
}
