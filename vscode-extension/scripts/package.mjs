// Packages the extension for this machine's platform, with the server inside where it is built.
//
//   node scripts/package.mjs [--server FILE] [--out FILE.vsix] [--target linux-x64]
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    server: { type: "string" },
    out: { type: "string" },
    target: { type: "string", default: `${process.platform}-${process.arch}` },
  },
});
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const program = values.target.startsWith("win32") ? "layerwise.exe" : "layerwise";
const server = values.server ?? `../target/release/${program}`;
const out = values.out ?? `layerwise-${values.target}-${version}.vsix`;

rmSync("bin", { recursive: true, force: true });
if (existsSync(server)) {
  mkdirSync("bin");
  copyFileSync(server, `bin/${program}`);
  chmodSync(`bin/${program}`, 0o755);
} else if (values.server !== undefined) {
  console.error(`package: there is no file ${server}`);
  process.exit(1);
} else {
  console.error(`package: no ${server}, so the extension will look for layerwise in PATH; build it with: cargo build --release`);
}
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(`../${licence}`, `${licence}.txt`);
}

const vsce = ["package", "--no-dependencies", "--target", values.target, "--out", out];
// Links of the readme stay relative: its pictures are in the package.
vsce.push("--allow-missing-repository", "--skip-license", "--no-rewrite-relative-links");
execFileSync("node_modules/.bin/vsce", vsce, { stdio: "inherit" });
