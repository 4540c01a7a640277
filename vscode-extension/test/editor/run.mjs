// Runs the suite in a real VS Code: its own server on loopback, the packaged .vsix installed, headless Chromium as the window.
//
// LAYERWISE_EDITOR names VS Code's folder, and LAYERWISE_TEST_ENGINE_28 the engine that builds (scripts/vscode.sh sets both). Everything
// else is new each run and removed after it; where the run fails, the editor's log is shown. UPDATE_PICTURES=1 keeps the pictures that are
// taken, as those of the README and the walkthrough.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

import { serveWindow } from "./window.mjs";

const editor = process.env.LAYERWISE_EDITOR ?? fail("LAYERWISE_EDITOR is not set; run scripts/vscode.sh test");
const vsix = process.argv[2] ?? fail("usage: node test/editor/run.mjs FILE.vsix");
const folder = mkdtempSync(join(tmpdir(), "layerwise-editor-"));
const report = join(folder, "report.json");
const asks = join(folder, "asks");
const pictures = process.env.UPDATE_PICTURES ? resolve("media") : join(folder, "pictures");
const main = join(editor, "out", "server-main.js");
const shared = ["--accept-server-license-terms", "--extensions-dir", join(folder, "extensions")];
shared.push("--server-data-dir", join(folder, "server"));
const env = {
  ...process.env,
  // An empty gallery address keeps the editor from asking any host.
  EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  DOCKER_HOST: process.env.LAYERWISE_TEST_ENGINE_28 ?? fail("LAYERWISE_TEST_ENGINE_28 is not set; run scripts/vscode.sh test"),
  // What is kept of builds begins empty.
  XDG_CACHE_HOME: join(folder, "cache"),
  LAYERWISE_TEST_REPORT: report,
  LAYERWISE_TEST_WINDOW: asks,
};

/** Each in a window of its own, with what is set there beside the common settings. */
const ROUNDS = [
  { suites: "dockerfile,loop", options: ["--disable-workspace-trust"], settings: { "security.workspace.trust.enabled": false } },
  { suites: "restricted", options: [], settings: { "security.workspace.trust.startupPrompt": "never" } },
];

let server;
let log = "";
try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  stopServer();
  if (process.exitCode !== 0) {
    // Stack traces are of natives that the editor runs without; they say nothing.
    console.error(log.split("\n").filter((line) => !/^( →|\s+at) /.test(line)).join("\n"));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function run() {
  for (const made of [asks, pictures, join(folder, "user", "User")]) {
    mkdirSync(made, { recursive: true });
  }
  const installed = spawnSync(process.execPath, [main, ...shared, "--install-extension", resolve(vsix)], { env, encoding: "utf8" });
  if (installed.status !== 0) {
    throw new Error(`${vsix} could not be installed: ${installed.stdout}${installed.stderr}`);
  }
  let passed = true;
  for (const round of ROUNDS) {
    passed = (await play(round)) && passed;
  }
  return passed ? 0 : 1;
}

/** Plays one round; whether all went well. */
async function play({ suites, options, settings }) {
  for (const old of [report, join(folder, "workspace")]) {
    rmSync(old, { recursive: true, force: true });
  }
  cpSync("test/editor/workspace", join(folder, "workspace"), { recursive: true });
  cpSync("../examples/leaky-node", join(folder, "workspace", "leaky-node"), { recursive: true });
  const common = JSON.parse(readFileSync("test/editor/settings.json", "utf8"));
  writeFileSync(join(folder, "user", "User", "settings.json"), JSON.stringify({ ...common, ...settings }));
  const port = await startServer(options, suites);
  const { code, outside } = await runSuite(port);
  stopServer();
  const passed = showReport();
  if (outside.size > 0) {
    console.error(`the editor asked other hosts: ${[...outside].join(", ")}`);
  }
  return code === 0 && passed && outside.size === 0;
}

/** Starts the editor on a free port and returns it. */
function startServer(more, suites) {
  const options = ["--without-connection-token", "--host", "127.0.0.1", "--port", "0", "--telemetry-level", "off"];
  options.push("--enable-smoke-test-driver", "--force-disable-user-env", "--user-data-dir", join(folder, "user"), ...more);
  server = spawn(process.execPath, [main, ...shared, ...options], { env: { ...env, LAYERWISE_TEST_SUITES: suites }, detached: true });
  let heard = "";
  return new Promise((resolve, reject) => {
    const read = (chunk) => {
      log += chunk;
      heard += chunk;
      const port = /listening on (\d+)/.exec(heard)?.[1];
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

/** The server leads a process group of its own: extension hosts and language servers end with it. */
function stopServer() {
  if (server?.exitCode === null && !server.killed) {
    process.kill(-server.pid);
    server = undefined;
  }
}

/** Opens the window, which runs the suite; resolves with its exit code and the outside hosts that it asked. */
async function runSuite(port) {
  const outside = new Set();
  const context = await chromium.launchPersistentContext(mkdtempSync(join(folder, "chromium-")), {
    executablePath: "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1200, height: 700 },
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const served = serveWindow(page, asks, pictures);
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^(http|ws)/.test(protocol) && hostname !== "127.0.0.1") {
        outside.add(hostname);
      }
    });
    let timer;
    const code = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("the suite did not end within 900 s")), 900_000);
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
      served.close();
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
