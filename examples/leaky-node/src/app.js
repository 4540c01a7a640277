import { createServer } from "node:http";
import { names, render } from "./notes.js";

/** What is answered to a path: `{ status, type, body }`. */
export function answer(path) {
  if (path === "/healthz") {
    return { status: 200, type: "application/json", body: JSON.stringify({ ok: true }) };
  }
  if (path === "/") {
    const items = names().map((name) => `<li><a href="/notes/${name}">${name}</a></li>`);
    return page(200, `<h1>Notes</h1><ul>${items.join("")}</ul>`);
  }
  const note = path.startsWith("/notes/") ? render(path.slice("/notes/".length)) : undefined;
  return note === undefined ? page(404, "<h1>There is no such note</h1>") : page(200, note);
}

/** The HTTP server, not yet listening. */
export function createApp() {
  return createServer((request, response) => {
    const { status, type, body } = answer(new URL(request.url, "http://localhost").pathname);
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  });
}

function page(status, body) {
  return {
    status,
    type: "text/html; charset=utf-8",
    body: `<!doctype html><html lang="en"><title>Notes</title><body>${body}</body></html>\n`,
  };
}
