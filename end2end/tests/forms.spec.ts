// Forms with scripts: searches that stay on their page, reasons that come while somebody types, and input that outlives the session.
import type { Page } from "@playwright/test";

import { fill } from "../support/forms";
import { alive, expect, open, test } from "../support/test";

/** Marks the document, to tell whether the page was loaded anew. */
const mark = (page: Page) => page.evaluate(() => void (document.body.dataset.mark = "here"));

const marked = (page: Page) => page.locator("body[data-mark]");

test("a search of the market stays on its page and in its field", async ({ page, cast }) => {
  await open(page, "/market?category=imaging");
  await mark(page);
  const field = page.getByRole("main").getByRole("searchbox");
  await field.fill(cast.offers.scan.title);
  await field.press("Enter");
  await expect(page).toHaveURL(/[?&]q=Knee/);
  await expect(page).toHaveURL(/[?&]category=imaging/);
  await expect(page.locator(".row-list > *").first()).toContainText(cast.offers.scan.title);
  await expect(field).toBeFocused();
  // the next word follows where the last one ended
  await page.keyboard.type(" xyz");
  await expect(field).toHaveValue(`${cast.offers.scan.title} xyz`);
  await expect(marked(page)).toBeAttached();

  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/market$/);
  await expect(field).toHaveValue("");
});

test("a list is searched and filtered on its page, and the focus stays in the field", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await open(page, "/orders");
  await mark(page);
  const field = page.getByRole("main").getByRole("searchbox");
  await field.fill("nobody");
  await field.press("Enter");
  await expect(page).toHaveURL(/\/orders\?q=nobody$/);
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("nobody");
  await expect(marked(page)).toBeAttached();
});

test("units with a mark of thousands say at once why they have no total", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, `/market/${cast.offers.scan.id}`);
  const units = page.getByLabel("Units", { exact: true });
  await units.fill("1,000");
  await expect(units).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#f-quantity-error")).toHaveText("Units must be a whole number from 1 to 10000, in digits only.");
  await units.fill("1000");
  await expect(page.locator("#f-quantity-error")).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: "Total" })).toContainText(/EUR\s420,000\.00/);
});

test("who was signed out in another tab is told so, and finds what was typed after signing in", async ({ as, cast, complaints }) => {
  const { insurer } = cast;
  const signIn = async (page: Page): Promise<void> => {
    await fill(page, { email: insurer.email, password: insurer.password });
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/account$/);
    await alive(page);
  };
  const page = await as(null);
  await open(page, "/sign-in?next=%2Faccount");
  await signIn(page);
  const tab = await page.context().newPage();
  await open(tab, "/dashboard");
  await tab.getByRole("button", { name: /^Account of/ }).click();
  await tab.getByRole("button", { name: "Sign out" }).click();
  await expect(tab.getByRole("banner").getByRole("link", { name: "Sign in" })).toBeVisible();

  complaints.foresee(401, /\/rpc\//);
  await fill(page, { name: "Robin Winter", current_password: "not-to-be-kept" });
  await page.getByRole("button", { name: "Save name" }).click();
  const dialog = page.getByRole("dialog", { name: "You are signed out" });
  await expect(dialog).toContainText("Your last action was not carried out.");
  await dialog.getByRole("link", { name: "Sign in and return to this page" }).click();
  await expect(page.getByRole("main")).toContainText("Sign in to continue");
  await alive(page);
  await signIn(page);
  await expect(page.locator("#f-name")).toHaveValue("Robin Winter");
  await expect(page.locator("#f-current_password")).toHaveValue("");
  // once
  await open(page, "/account");
  await expect(page.locator("#f-name")).toHaveValue(insurer.name);
});
