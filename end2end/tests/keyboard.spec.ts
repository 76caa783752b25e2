// The way to the cart without a mouse, and the shortcuts.
import type { Page } from "@playwright/test";

import { expectAccessible } from "../support/axe";
import { alive, expect, open, test } from "../support/test";

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
  await expect(page.getByRole("heading", { level: 1, name: "Review your order" })).toBeFocused();
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

const shortcutsOf = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });

for (const colorScheme of ["light", "dark"] as const) {
  test(`a question mark lists the shortcuts, and the focus comes back: ${colorScheme}`, async ({ as, cast }) => {
    const page = await as(cast.insurer, { colorScheme });
    await open(page, "/market");
    const filter = page.getByRole("complementary", { name: "Filters" }).getByRole("link", { name: /^Imaging/ });
    await filter.focus();
    await page.keyboard.press("?");
    await expect(shortcutsOf(page)).toBeVisible();
    await expect(shortcutsOf(page)).toContainText("Ctrl K or Cmd K");
    await expectAccessible(page);
    // keys do nothing under a dialog
    await page.keyboard.press("/");
    await page.keyboard.press("n");
    await expect(shortcutsOf(page).locator(":focus")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(shortcutsOf(page)).toHaveCount(0);
    await expect(filter).toBeFocused();
    await expect(page).toHaveURL(/\/market$/);
  });
}

test("a slash leads to the page's own search, else to the bar's; in a field keys are letters", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, "/market");
  await page.keyboard.press("/");
  const search = page.getByRole("main").getByRole("searchbox");
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("");
  await page.keyboard.type("n?/p");
  await expect(search).toHaveValue("n?/p");
  await expect(shortcutsOf(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/market$/);

  await open(page, "/dashboard");
  await page.keyboard.press("/");
  await expect(page.getByRole("banner").getByRole("searchbox", { name: "Search" })).toBeFocused();
});

test("n leads to the next page of the market, p back to the one before", async ({ page }) => {
  await open(page, "/market");
  await expect(page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" })).toBeVisible();
  // with Alt it would be the browser's
  await page.keyboard.press("Alt+n");
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/[?&]after=/);
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("Page 2");
  await page.keyboard.press("p");
  await expect(page).not.toHaveURL(/after=/);
});

test("single keys that are switched off stay off, and the menu still leads to the switch", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, "/market");
  await page.keyboard.press("?");
  const single = shortcutsOf(page).getByRole("checkbox", { name: "Single-key shortcuts" });
  await expect(single).toBeChecked();
  await single.uncheck();
  await page.keyboard.press("Escape");
  await expect(shortcutsOf(page)).toHaveCount(0);

  const nothingHappens = async () => {
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox").and(page.locator(":focus"))).toHaveCount(0);
    await page.keyboard.press("?");
    // heard after the others: what they would have done is done by now
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("banner").getByRole("searchbox", { name: "Search" })).toBeFocused();
    await expect(shortcutsOf(page)).toHaveCount(0);
  };
  await nothingHappens();
  await page.reload();
  await alive(page);
  await nothingHappens();

  const account = page.getByRole("button", { name: /^Account of/ });
  await account.click();
  const menu = page.locator("#person-menu");
  await menu.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await expect(menu).toBeHidden();
  await expect(single).not.toBeChecked();
  await single.check();
  await page.keyboard.press("Escape");
  await expect(shortcutsOf(page)).toHaveCount(0);
  await expect(account).toBeFocused();
  await page.keyboard.press("?");
  await expect(shortcutsOf(page)).toBeVisible();
});

test("the foot of public pages leads to the shortcuts, too", async ({ page }) => {
  await open(page, "/check");
  const entry = page.getByRole("contentinfo").getByRole("button", { name: "Keyboard shortcuts" });
  await entry.click();
  await expect(shortcutsOf(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(entry).toBeFocused();
});
