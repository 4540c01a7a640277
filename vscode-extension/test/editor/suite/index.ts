/** Runs the suite inside the editor's extension host; the runner reads the report that it writes. */

import { join } from "node:path";
import Mocha from "mocha";

/** Called by VS Code; a rejection is a failed run. */
export function run(): Promise<void> {
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 600_000,
    // What follows needs what came before.
    bail: true,
    reporter: "json",
    reporterOptions: { output: process.env["LAYERWISE_TEST_REPORT"] },
  });
  for (const name of (process.env["LAYERWISE_TEST_SUITES"] ?? "").split(",")) {
    mocha.addFile(join(__dirname, `${name}.test.cjs`));
  }
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} tests failed`))));
  });
}
