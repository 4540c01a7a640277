/** Runs the suite inside the editor's extension host; the runner reads the report that it writes. */

import { join } from "node:path";
import Mocha from "mocha";

/** Called by VS Code; a rejection is a failed run. */
export function run(): Promise<void> {
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 240_000,
    reporter: "json",
    reporterOptions: { output: process.env["LAYERWISE_TEST_REPORT"] },
  });
  mocha.addFile(join(__dirname, "dockerfile.test.cjs"));
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} tests failed`))));
  });
}
