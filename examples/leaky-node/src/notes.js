import { marked } from "marked";

const notes = new Map([
  ["welcome", "# Welcome\n\nThese notes are written in **Markdown** and served as HTML."],
  ["shopping", "# Shopping\n\n- bread\n- butter\n- a smaller image"],
]);

/** The names of all notes, in alphabetical order. */
export function names() {
  return [...notes.keys()].sort();
}

/** A note as HTML, or `undefined` where there is none of that name. */
export function render(name) {
  const source = notes.get(name);
  return source === undefined ? undefined : marked.parse(source);
}
