/**
 * Where the `layerwise` program is: the setting, else the one in the extension, else the first in PATH.
 *
 * Pure: what the editor and the machine say comes in as values, so that the decision can be tested without either.
 */

import * as path from "node:path";

/** What the decision reads. */
export interface ServerLookup {
  /** The setting `layerwise.server.path`; empty where it is not set. */
  readonly configured: string;
  /** The folder that this extension is installed in. */
  readonly extensionFolder: string;
  /** The first workspace folder, where there is one. */
  readonly workspaceFolder: string | undefined;
  /** The user's home. */
  readonly home: string;
  /** The environment variable PATH, or nothing. */
  readonly searchPath: string | undefined;
  /** `process.platform`. */
  readonly platform: NodeJS.Platform;
  /** Whether a path names a file that this user may execute. */
  readonly isExecutable: (file: string) => boolean;
}

/** A program to start, and who named it. */
export interface ServerFound {
  readonly command: string;
  readonly origin: "setting" | "extension" | "PATH";
}

/** Nothing to start: one message for the user that says what to do. */
export interface ServerMissing {
  readonly message: string;
}

/** Finds the program. A path that was set is never replaced by another one in silence. */
export function findServer(lookup: ServerLookup): ServerFound | ServerMissing {
  const configured = lookup.configured.trim();
  if (configured !== "") {
    return fromSetting(configured, lookup);
  }
  const { join } = pathOf(lookup.platform);
  const program = lookup.platform === "win32" ? "layerwise.exe" : "layerwise";
  const bundled = join(lookup.extensionFolder, "bin", program);
  if (lookup.isExecutable(bundled)) {
    return { command: bundled, origin: "extension" };
  }
  for (const folder of searchFolders(lookup)) {
    const command = join(folder, program);
    if (lookup.isExecutable(command)) {
      return { command, origin: "PATH" };
    }
  }
  return {
    message:
      "The layerwise program was not found: this extension was packaged without it, and PATH has none. " +
      "Install it into a folder of PATH, or name it in the setting layerwise.server.path.",
  };
}

function fromSetting(configured: string, lookup: ServerLookup): ServerFound | ServerMissing {
  const command = expand(configured, lookup);
  if (!pathOf(lookup.platform).isAbsolute(command)) {
    return {
      message:
        `The setting layerwise.server.path is not an absolute path: ${configured}. ` +
        "Write the whole path, or begin it with ~/ or ${workspaceFolder}/.",
    };
  }
  if (!lookup.isExecutable(command)) {
    return {
      message:
        `The setting layerwise.server.path names no program that can be run: ${command}. ` +
        "Correct it, or clear it to use the program that comes with the extension.",
    };
  }
  return { command, origin: "setting" };
}

function expand(configured: string, lookup: ServerLookup): string {
  const { join } = pathOf(lookup.platform);
  if (/^~[/\\]/.test(configured)) {
    return join(lookup.home, configured.slice(2));
  }
  const variable = "${workspaceFolder}";
  if (configured.startsWith(variable) && lookup.workspaceFolder !== undefined) {
    return join(lookup.workspaceFolder, configured.slice(variable.length));
  }
  return configured;
}

/** Relative entries of PATH are left out: they would depend on where the editor was started. */
function searchFolders(lookup: ServerLookup): string[] {
  const { delimiter, isAbsolute } = pathOf(lookup.platform);
  return (lookup.searchPath ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
}

function pathOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}
