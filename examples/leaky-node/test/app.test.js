import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { answer, createApp } from "../src/app.js";

test("the first page lists the notes", () => {
  const { status, body } = answer("/");
  assert.equal(status, 200);
  assert.match(body, /<a href="\/notes\/welcome">/);
});

test("a note is rendered from Markdown", () => {
  assert.match(answer("/notes/welcome").body, /<strong>Markdown<\/strong>/);
});

test("an unknown note is not found", () => {
  assert.equal(answer("/notes/nothing").status, 404);
});

test("the server answers over HTTP", async () => {
  const server = createApp().listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const response = await fetch(`http://127.0.0.1:${server.address().port}/healthz`);
    assert.deepEqual(await response.json(), { ok: true });
  } finally {
    server.close();
  }
});
