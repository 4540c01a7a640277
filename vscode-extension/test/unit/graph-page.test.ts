/** The page of the graph: what it may do, and whose colours it has. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { graphPage } from "../../src/graph-page";

const SVG = `<svg role="img"><style>text{fill:#000}
@media (prefers-color-scheme:dark){
text{fill:#fff}
}
</style><g data-line="3"><title>line 3: RUN &lt;script&gt;</title></g></svg>`;

test("the page runs and styles nothing but its own", () => {
  const page = graphPage(SVG, "n0nce");
  assert.match(page, /content="default-src 'none'; style-src 'nonce-n0nce'; script-src 'nonce-n0nce'"/);
  for (const [tag] of page.matchAll(/<(style|script)[^>]*>/g)) {
    assert.match(tag, /nonce="n0nce"/);
  }
  // The name of a namespace is no address that is asked.
  assert.doesNotMatch(page.replaceAll("http://www.w3.org/2000/svg", ""), /https?:|url\(|@import|unsafe/);
});

test("dark colours go by the editor's theme, not by the system's", () => {
  const page = graphPage(SVG, "n");
  assert.doesNotMatch(page, /prefers-color-scheme/);
  assert.match(page, /\.vscode-dark,\.vscode-high-contrast:not\(\.vscode-high-contrast-light\)\{\ntext\{fill:#fff\}/);
});

test("the picture stays as it is", () => {
  assert.ok(graphPage(SVG, "n").includes(`<g data-line="3"><title>line 3: RUN &lt;script&gt;</title></g></svg></main>`));
});
