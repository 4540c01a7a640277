// Bundles the extension; with --tests also its unit tests and the suite that runs inside the editor.
import { rmSync } from "node:fs";
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
    entryPoints: ["test/unit/restarts.test.ts", "test/unit/server-path.test.ts"],
    outdir: "dist/test/unit",
    outExtension: { ".js": ".cjs" },
  });
  await build({
    ...shared,
    entryPoints: ["test/editor/suite/index.ts", "test/editor/suite/dockerfile.test.ts"],
    outdir: "dist/test/editor",
    outExtension: { ".js": ".cjs" },
    external: ["vscode", "mocha"],
  });
}
