// What a suite inside the editor cannot do itself: press keys, look at what is drawn, take pictures.
//
// A suite asks by a file NAME.ask in a folder, and finds what came of it in NAME.answer; both are JSON.
import { readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";

const PATIENCE = 120_000;

/** Serves the asks in a folder until it is closed. Pictures go into `pictures`. */
export function serveWindow(page, folder, pictures) {
  const seen = new Set();
  return watch(folder, async (_event, name) => {
    if (!name?.endsWith(".ask") || seen.has(name)) {
      return;
    }
    seen.add(name);
    const path = join(folder, name);
    let answer;
    try {
      answer = { value: (await act(page, JSON.parse(readFileSync(path, "utf8")), pictures)) ?? null };
    } catch (error) {
      answer = { error: String(error) };
    }
    writeFileSync(`${path}.new`, JSON.stringify(answer));
    renameSync(`${path}.new`, path.replace(/ask$/, "answer"));
  });
}

async function act(page, ask, pictures) {
  switch (ask.what) {
    case "press":
      return page.keyboard.press(ask.key);
    case "click":
      return (await drawn(page, ask.selector)).click();
    case "text":
      return (await drawn(page, ask.selector)).innerText();
    case "texts":
      await drawn(page, ask.selector);
      return page.locator(ask.selector).allInnerTexts();
    case "focus":
      return (await drawn(page, ask.selector)).focus();
    case "picture": {
      await page.mouse.move(600, 8);
      const path = join(pictures, `${ask.name}.png`);
      const image = await page.screenshot({ path, animations: "disabled", caret: "hide" });
      return image.length;
    }
    default:
      throw new Error(`a window cannot ${ask.what}`);
  }
}

/** The first of what a selector names, in the window or in a frame of it: that of a webview comes late. */
async function drawn(page, selector) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    for (const frame of page.frames()) {
      const found = frame.locator(selector).first();
      if (await found.isVisible().catch(() => false)) {
        return found;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing is drawn that is ${selector}`);
}
