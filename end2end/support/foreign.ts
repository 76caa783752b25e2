// What others do to a page: translators and password managers put nodes of their own into it.
import type { Page } from "@playwright/test";

/** Holds the browser half back until it is let go: what is done meanwhile is done before the page is alive. */
export async function holdBrowserHalf(page: Page): Promise<() => void> {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** What a translator does to one text: it puts it into an element of its own. */
export async function wrapHeading(page: Page): Promise<void> {
  await page.locator("main h1").first().evaluate((heading) => {
    const text = [...heading.childNodes].find((node) => node instanceof Text);
    if (!(text instanceof Text)) throw new Error("the heading has no text of its own");
    const span = document.createElement("span");
    text.replaceWith(span);
    span.append(text);
  });
}

/** What a password manager does to fields: it puts its button behind each. */
export async function decorateFields(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const field of document.querySelectorAll("input:not([type=hidden])")) field.after(document.createElement("div"));
  });
}

/** Translates the whole page, node by node; what says `translate="no"` is left alone, as browsers do. */
export async function translatePage(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) {
      const place = text.parentElement;
      if (!place || !text.data.trim() || place.closest('[translate="no"], script, style, textarea, select, svg')) continue;
      const font = document.createElement("font");
      font.textContent = text.data;
      text.replaceWith(font);
    }
  });
}
