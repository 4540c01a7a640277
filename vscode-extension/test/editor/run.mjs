// Runs the suite in a real VS Code: its own server on loopback, the packaged .vsix installed, headless Chromium as the window.
//
// LAYERWISE_EDITOR names VS Code's folder (scripts/vscode.sh sets it). Everything else is new each run and removed after it;
// where the run fails, the editor's log is shown.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const editor = process.env.LAYERWISE_EDITOR ?? fail("LAYERWISE_EDITOR is not set; run scripts/vscode.sh test");
const vsix = process.argv[2] ?? fail("usage: node test/editor/run.mjs FILE.vsix");
const folder = mkdtempSync(join(tmpdir(), "layerwise-editor-"));
const report = join(folder, "report.json");
const main = join(editor, "out", "server-main.js");
const shared = ["--accept-server-license-terms", "--extensions-dir", join(folder, "extensions")];
shared.push("--server-data-dir", join(folder, "server"));
// An empty gallery address keeps the editor from asking any host.
const env = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', LAYERWISE_TEST_REPORT: report };

let server;
let log = "";
try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  // The server leads a process group of its own: extension hosts and language servers end with it.
  if (server?.exitCode === null) {
    process.kill(-server.pid);
  }
  if (process.exitCode !== 0) {
    // Stack traces are of natives that the editor runs without; they say nothing.
    console.error(log.split("\n").filter((line) => !/^( →|\s+at) /.test(line)).join("\n"));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function run() {
  cpSync("test/editor/workspace", join(folder, "workspace"), { recursive: true });
  mkdirSync(join(folder, "user", "User"), { recursive: true });
  cpSync("test/editor/settings.json", join(folder, "user", "User", "settings.json"));
  const installed = spawnSync(process.execPath, [main, ...shared, "--install-extension", resolve(vsix)], { env, encoding: "utf8" });
  if (installed.status !== 0) {
    throw new Error(`${vsix} could not be installed: ${installed.stdout}${installed.stderr}`);
  }
  const port = await startServer();
  const { code, outside } = await runSuite(port);
  const passed = showReport();
  if (outside.size > 0) {
    console.error(`the editor asked other hosts: ${[...outside].join(", ")}`);
  }
  return code === 0 && passed && outside.size === 0 ? 0 : 1;
}

/** Starts the editor on a free port and returns it. */
function startServer() {
  const options = ["--without-connection-token", "--host", "127.0.0.1", "--port", "0", "--telemetry-level", "off"];
  options.push("--enable-smoke-test-driver", "--disable-workspace-trust", "--force-disable-user-env");
  options.push("--user-data-dir", join(folder, "user"));
  server = spawn(process.execPath, [main, ...shared, ...options], { env, detached: true });
  return new Promise((resolve, reject) => {
    const read = (chunk) => {
      log += chunk;
      const port = /listening on (\d+)/.exec(log)?.[1];
      if (port !== undefined) {
        resolve(Number(port));
      }
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", (code) => reject(new Error(`the editor ended with ${code} before it listened`)));
    server.on("error", reject);
  });
}

/** Opens the window, which runs the suite; resolves with its exit code and the outside hosts that it asked. */
async function runSuite(port) {
  const outside = new Set();
  const context = await chromium.launchPersistentContext(join(folder, "chromium"), {
    executablePath: "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1280, height: 760 },
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^(http|ws)/.test(protocol) && hostname !== "127.0.0.1") {
        outside.add(hostname);
      }
    });
    let timer;
    const code = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("the suite did not end within 600 s")), 600_000);
      void page.exposeFunction("codeAutomationExit", resolve);
    });
    await page.exposeFunction("codeAutomationLog", (_kind, words) => {
      log += `${[words].flat().join(" ")}\n`;
    });
    const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
    const payload = [
      ["extensionDevelopmentPath", remote(resolve("test/editor/host"))],
      ["extensionTestsPath", remote(resolve("dist/test/editor/index.cjs"))],
    ];
    const query = new URLSearchParams({ folder: join(folder, "workspace"), payload: JSON.stringify(payload) });
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    try {
      return { code: await code, outside };
    } finally {
      clearTimeout(timer);
      if (process.env.LAYERWISE_SCREENSHOT) {
        writeFileSync(process.env.LAYERWISE_SCREENSHOT, await page.screenshot());
      }
    }
  } finally {
    await context.close();
  }
}

/** Prints what mocha wrote; a run without a report has failed. */
function showReport() {
  if (!existsSync(report)) {
    console.error("the suite wrote no report");
    return false;
  }
  const { stats, tests } = JSON.parse(readFileSync(report, "utf8"));
  for (const { fullTitle, duration, err } of tests) {
    console.log(err.message === undefined ? `ok      ${fullTitle} (${duration} ms)` : `FAILED  ${fullTitle}: ${err.message}`);
  }
  console.log(`${stats.passes} passed, ${stats.failures} failed`);
  return stats.failures === 0 && stats.passes > 0;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
