/** Other extensions that say the same. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { doubled } from "../../src/other-linters";

test("other linters are named with what switches them off", () => {
  assert.equal(doubled(["vscode.docker", "redhat.vscode-yaml"]), undefined);
  assert.deepEqual(doubled(["exiasr.hadolint"]), {
    message: "hadolint checks Dockerfiles too, so that problems may show twice. hadolint: has no setting for it: disable it for this workspace.",
    search: "@id:exiasr.hadolint",
  });
  const all = doubled(["Docker.docker", "ms-azuretools.vscode-containers", "exiasr.hadolint"]);
  assert.match(all?.message ?? "", /^Docker DX, Container Tools, and hadolint check Dockerfiles too/);
});
