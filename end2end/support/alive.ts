// When a page can be worked with.
import { expect, type BrowserContext, type Page } from "@playwright/test";

const plain = new WeakSet<BrowserContext>();

/** Remembers that this context runs no scripts. */
export function withoutScripts(context: BrowserContext): void {
  plain.add(context);
}

export function hasScripts(page: Page): boolean {
  return !plain.has(page.context());
}

/** Waits until the browser half has taken the page over; a page without scripts is ready when it is there. */
export async function alive(page: Page): Promise<void> {
  if (hasScripts(page)) await expect(page.locator("body[data-alive]")).toBeAttached();
}

/** Opens a page and waits until it can be worked with. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await alive(page);
}
