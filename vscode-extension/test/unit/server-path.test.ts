/** The search for the server, on machines that are described, not had. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { findServer, type ServerLookup } from "../../src/server-path";

/** A Linux machine on which `files` can be executed. */
function machine(files: string[], change: Partial<ServerLookup> = {}): ServerLookup {
  return {
    configured: "",
    extensionFolder: "/extensions/layerwise",
    workspaceFolder: "/work/shop",
    home: "/home/ada",
    searchPath: "/usr/local/bin:/usr/bin",
    platform: "linux",
    isExecutable: (file) => files.includes(file),
    ...change,
  };
}

function check(lookup: ServerLookup, expected: string): void {
  const server = findServer(lookup);
  assert.equal("message" in server ? server.message : `${server.origin}: ${server.command}`, expected);
}

const everywhere = ["/opt/layerwise", "/extensions/layerwise/bin/layerwise", "/usr/bin/layerwise"];

test("the setting comes before the extension's own program, and that before PATH", () => {
  check(machine(everywhere, { configured: "/opt/layerwise" }), "setting: /opt/layerwise");
  check(machine(everywhere), "extension: /extensions/layerwise/bin/layerwise");
  check(machine(["/usr/bin/layerwise"]), "PATH: /usr/bin/layerwise");
});

test("the first folder of PATH that has it counts", () => {
  check(machine(["/usr/bin/layerwise", "/usr/local/bin/layerwise"]), "PATH: /usr/local/bin/layerwise");
});

test("a setting may begin with the home or the workspace folder", () => {
  check(machine(["/home/ada/bin/lw"], { configured: "~/bin/lw" }), "setting: /home/ada/bin/lw");
  check(
    machine(["/work/shop/target/release/layerwise"], { configured: " ${workspaceFolder}/target/release/layerwise " }),
    "setting: /work/shop/target/release/layerwise",
  );
});

test("a setting that names nothing is said, not passed over", () => {
  check(
    machine(everywhere, { configured: "/opt/gone" }),
    "The setting layerwise.server.path names no program that can be run: /opt/gone. " +
      "Correct it, or clear it to use the program that comes with the extension.",
  );
});

test("a relative setting is refused: the editor's own folder is nobody's", () => {
  const message = (written: string) =>
    `The setting layerwise.server.path is not an absolute path: ${written}. ` +
    "Write the whole path, or begin it with ~/ or ${workspaceFolder}/.";
  check(machine(everywhere, { configured: "layerwise" }), message("layerwise"));
  check(
    machine(everywhere, { configured: "${workspaceFolder}/lw", workspaceFolder: undefined }),
    message("${workspaceFolder}/lw"),
  );
});

test("nothing found says what to do", () => {
  const message =
    "The layerwise program was not found: this extension was packaged without it, and PATH has none. " +
    "Install it into a folder of PATH, or name it in the setting layerwise.server.path.";
  check(machine([]), message);
  check(machine([], { searchPath: undefined }), message);
});

test("relative and empty folders of PATH are left out", () => {
  check(machine(["bin/layerwise", "layerwise", "/bin/layerwise"], { searchPath: "::bin:/bin" }), "PATH: /bin/layerwise");
});

test("Windows has its own separators and ending", () => {
  const windows = {
    platform: "win32",
    extensionFolder: "C:\\ext\\layerwise",
    home: "C:\\Users\\ada",
    searchPath: "C:\\Windows;D:\\tools",
  } satisfies Partial<ServerLookup>;
  check(machine(["D:\\tools\\layerwise.exe"], windows), "PATH: D:\\tools\\layerwise.exe");
  check(machine(["C:\\ext\\layerwise\\bin\\layerwise.exe"], windows), "extension: C:\\ext\\layerwise\\bin\\layerwise.exe");
  check(
    machine(["C:\\Users\\ada\\lw.exe"], { ...windows, configured: "~\\lw.exe" }),
    "setting: C:\\Users\\ada\\lw.exe",
  );
});
