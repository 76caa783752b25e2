// The way to the cart without a mouse.
import type { Page } from "@playwright/test";

import { expect, open, test } from "../support/test";

/** Presses Tab until the element that has focus is the one named; every stop on the way must be visible and show its focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let stop = 0; stop < 120; stop += 1) {
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    if ((await focused.count()) === 0) continue;
    const here = await focused.evaluate((one) => {
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const named = one.getAttribute("aria-label") ?? (one instanceof HTMLInputElement ? (one.labels?.[0]?.textContent ?? "") : (one.textContent ?? ""));
      return { name: named.trim(), seen: box.width > 0 && box.height > 0, ring: style.outlineStyle !== "none" || style.boxShadow !== "none" };
    });
    expect(here.seen, `"${here.name}" has focus but is not visible`).toBe(true);
    expect(here.ring, `"${here.name}" does not show its focus`).toBe(true);
    if (name.test(here.name)) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

test("market, service, cart: with the keyboard alone", async ({ as, cast }) => {
  const { scan } = cast.offers;
  const page = await as(cast.otherInsurer);
  await open(page, "/market");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: /^Skip/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();

  await open(page, "/market");
  await tabTo(page, /^Search services/);
  await page.keyboard.type(scan.title);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/[?&]q=/);
  await tabTo(page, new RegExp(`^${scan.title}$`));
  await page.keyboard.press("Enter");
  // after navigation the heading has the focus
  await expect(page.getByRole("heading", { level: 1, name: scan.title })).toBeFocused();

  await tabTo(page, /^Units/);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("2");
  await tabTo(page, /^Add to cart/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByRole("heading", { level: 1, name: "Cart" })).toBeFocused();
  await tabTo(page, /^Go to checkout/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Check your order" })).toBeFocused();
});

test("a filter that is pressed keeps the focus while the market is shown anew", async ({ page }) => {
  await open(page, "/market");
  const filters = page.getByRole("complementary", { name: "Filters" });
  await filters.getByRole("link", { name: /^Imaging/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/category=imaging/);
  const chosen = filters.locator("a[aria-current]", { hasText: "Imaging" });
  await expect(chosen).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/category=/);
  await expect(filters.getByRole("link", { name: /^Imaging/ })).toBeFocused();
});
