/** Other extensions that check Dockerfiles, and how their findings are switched off. Pure. */

interface Linter {
  readonly name: string;
  readonly how: string;
}

const LINTERS: Readonly<Record<string, Linter>> = {
  "docker.docker": { name: "Docker DX", how: "has no setting for it: disable it for this workspace" },
  "ms-azuretools.vscode-containers": {
    name: "Container Tools",
    how: "set what begins with docker.languageserver.diagnostics to “ignore”",
  },
  "exiasr.hadolint": { name: "hadolint", how: "has no setting for it: disable it for this workspace" },
};

/** What is said of those that are there, and what to search for among extensions. */
export interface Doubled {
  readonly message: string;
  readonly search: string;
}

/** What to say where any of them is among these extensions. */
export function doubled(extensions: readonly string[]): Doubled | undefined {
  const ids = Object.keys(LINTERS).filter((id) => extensions.some((extension) => extension.toLowerCase() === id));
  const found = ids.flatMap((id) => LINTERS[id] ?? []);
  if (found.length === 0) {
    return undefined;
  }
  const names = new Intl.ListFormat("en").format(found.map(({ name }) => name));
  const ways = found.map(({ name, how }) => `${name}: ${how}.`).join(" ");
  const verb = found.length === 1 ? "checks" : "check";
  return { message: `${names} ${verb} Dockerfiles too, so that problems may show twice. ${ways}`, search: ids.map((id) => `@id:${id}`).join(" ") };
}
