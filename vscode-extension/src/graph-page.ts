/**
 * The page that shows the server's picture of the graph: its own colours, light or dark as the editor is, and steps that lead to their
 * lines by mouse and keyboard.
 *
 * Pure. Nothing comes from outside: the policy allows the page's own style and script, by a number that is used once.
 */

/** The page; `svg` is what `layerwise.graph` answers, `nonce` a word that nobody can guess. */
export function graphPage(svg: string, nonce: string): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Graph</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main id="graph">${inEditor(svg, nonce)}</main>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>`;
}

/** The picture, whose dark colours go by the editor's theme where they would go by the system's. */
function inEditor(svg: string, nonce: string): string {
  return svg
    .replace("<style>", `<style nonce="${nonce}">`)
    .replace("@media (prefers-color-scheme:dark){", ".vscode-dark,.vscode-high-contrast:not(.vscode-high-contrast-light){");
}

const STYLE = `
body{padding:0;margin:0}
#graph svg{background:transparent;display:block;max-width:100%;height:auto}
#graph .paper{fill:transparent}
#graph [data-line]{cursor:pointer;outline:none}
#graph [data-line]:hover .row{fill:var(--vscode-list-hoverBackground)}
#graph [data-line]:focus-visible .row{stroke:var(--vscode-focusBorder);stroke-width:2}
`;

// Arrows move among the steps in the order of the file; one of them at a time is in the order of the Tab key.
const SCRIPT = `
const editor = acquireVsCodeApi();
const picture = document.querySelector("#graph svg");
picture.setAttribute("role", "graphics-document");
// A wide picture becomes smaller to fit, as long as it can be read; then it is moved.
picture.style.minWidth = Number(picture.getAttribute("width")) * 0.7 + "px";
const steps = [...picture.querySelectorAll("[data-line]")].sort((a, b) => a.dataset.line - b.dataset.line);
const state = editor.getState() ?? {};
const keep = (change) => editor.setState(Object.assign(state, change));
const go = (step) => editor.postMessage({ line: Number(step.dataset.line) });
const choose = (step) => {
  for (const other of steps) other.setAttribute("tabindex", other === step ? "0" : "-1");
  keep({ line: step.dataset.line });
};
for (const [at, step] of steps.entries()) {
  step.setAttribute("role", "link");
  step.setAttribute("aria-label", step.querySelector("title").textContent);
  step.addEventListener("click", () => { step.focus(); go(step); });
  step.addEventListener("focus", () => choose(step));
  step.addEventListener("keydown", (event) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") go(step);
    else if (to !== undefined) steps[to]?.focus();
    else return;
    event.preventDefault();
  });
}
const last = steps.find((step) => step.dataset.line === state.line);
if (steps.length > 0) choose(last ?? steps[0]);
last?.focus({ preventScroll: true });
scrollTo(state.left ?? 0, state.top ?? 0);
addEventListener("scroll", () => keep({ left: scrollX, top: scrollY }));
`;
