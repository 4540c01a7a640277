// Bundles the extension; with --tests also its unit tests and the suite that runs inside the editor.
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const shared = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };

rmSync("dist", { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  external: ["vscode"],
  minify: true,
});

if (process.argv.includes("--tests")) {
  await build({
    ...shared,
    entryPoints: testsIn("test/unit"),
    outdir: "dist/test/unit",
    outExtension: { ".js": ".cjs" },
  });
  await build({
    ...shared,
    entryPoints: ["test/editor/suite/index.ts", ...testsIn("test/editor/suite")],
    outdir: "dist/test/editor",
    outExtension: { ".js": ".cjs" },
    external: ["vscode", "mocha"],
  });
}

function testsIn(folder) {
  return readdirSync(folder).filter((name) => name.endsWith(".test.ts")).map((name) => `${folder}/${name}`);
}
