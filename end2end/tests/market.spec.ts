// What a provider publishes, buyers find; and how they look around.
import type { Page } from "@playwright/test";

import { unique } from "../support/cast";
import { fill } from "../support/forms";
import { alive, expect, modes, open, test } from "../support/test";

test("a published service is found by a misspelt word", async ({ as, cast }) => {
  const title = `Colonoscopy with sedation ${unique()}`;
  const page = await as(cast.provider);
  await open(page, "/services/new");
  await fill(page, {
    title,
    category: "screening",
    description: "The whole colon, with sedation and a written report on the same day.",
    modality: "on_site",
    country: "DE",
    city: "Potsdam",
    duration_minutes: "60",
    validity_days: "180",
    currency: "EUR",
    base_price: "610",
  });
  await page.getByRole("combobox", { name: "ICD-11 codes" }).fill("BA00");
  await page.getByRole("option", { name: /BA00/ }).first().click();
  await expect(page.getByRole("list", { name: "Selected" })).toContainText("BA00");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByRole("link", { name: "View on the market" })).toBeVisible();

  const buyer = await as(cast.insurer);
  await open(buyer, "/market");
  const search = buyer.getByRole("main").getByRole("searchbox");
  await search.fill("colonoskopy sedaton");
  await search.press("Enter");
  await expect(buyer).toHaveURL(/[?&]q=colonoskopy/);
  await buyer.getByRole("main").getByRole("link", { name: title }).click();
  await expect(buyer.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(buyer.getByRole("main")).toContainText("BA00");
});

test("who signs in to buy comes back to the service and its units", async ({ as, cast }) => {
  const { scan } = cast.offers;
  const page = await as(null);
  await open(page, `/market/${scan.id}?quantity=3`);
  await page.getByRole("link", { name: "Sign in to buy" }).click();
  await fill(page, { email: cast.insurer.email, password: cast.insurer.password });
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: scan.title })).toBeVisible();
  await expect(page.getByLabel("Units", { exact: true })).toHaveValue("3");
});

/** The services in the order of the page. */
function rows(page: Page) {
  return page.getByRole("main").locator(".market-row");
}

function titles(page: Page): Promise<string[]> {
  // rows below the fold are not laid out: their text stands there all the same
  return rows(page).getByRole("heading", { level: 3 }).allTextContents();
}

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a total is shown only where it follows the units", async ({ as, cast }) => {
      const page = await as(cast.insurer);
      await open(page, `/market/${cast.offers.scan.id}`);
      const total = page.getByRole("status").filter({ hasText: "Total" });
      if (!javaScriptEnabled) {
        await expect(total).toBeHidden();
        return;
      }
      await expect(total).toContainText(/EUR\s420\.00/);
      await page.getByLabel("Units", { exact: true }).fill("2");
      await expect(total).toContainText(/EUR\s840\.00/);
    });

    test("filters narrow, are shown as active and are taken away again", async ({ as, cast }) => {
      const page = await as(null);
      await open(page, "/market");
      await page.getByRole("complementary", { name: "Filters" }).getByRole("link", { name: /^Imaging\b/ }).click();
      await expect(page).toHaveURL(/[?&]category=imaging/);
      await alive(page);
      await expect(page.getByRole("list", { name: "Active filters" })).toContainText("Imaging");
      await expect(rows(page).filter({ hasNotText: "Imaging" })).toHaveCount(0);
      await expect(rows(page)).not.toHaveCount(0);

      // a search keeps the filter
      const search = page.getByRole("main").getByRole("searchbox");
      await search.fill(cast.offers.scan.title);
      await search.press("Enter");
      await expect(page).toHaveURL(/[?&]q=/);
      await expect(page).toHaveURL(/[?&]category=imaging/);
      await expect(rows(page).first()).toContainText(cast.offers.scan.title);

      await open(page, "/market?category=imaging");
      await page.getByRole("complementary", { name: "Filters" }).getByRole("link", { name: /^Imaging\b/ }).click();
      await expect(page).not.toHaveURL(/category=/);
    });

    test("an order is chosen with one click, and pages follow each other without a repetition", async ({ as }) => {
      const page = await as(null);
      await open(page, "/market");
      const sort = page.getByRole("navigation", { name: "Sort" });
      await sort.getByRole("link", { name: "Title" }).click();
      await expect(page).toHaveURL(/[?&]sort=title/);
      await alive(page);
      await expect(sort.getByRole("link", { name: "Title" })).toHaveAttribute("aria-current", "true");
      const first = await titles(page);
      const initials = first.map((one) => one.charAt(0).toLowerCase());
      expect(initials).toEqual([...initials].sort());

      const begin = await rows(page).getByRole("link").first().getAttribute("href");
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" }).click();
      await expect(page).toHaveURL(/[?&]after=/);
      await alive(page);
      await expect(rows(page).getByRole("link").first()).not.toHaveAttribute("href", begin ?? "");
      const second = await titles(page);
      expect(second.length).toBeGreaterThan(0);
      expect((second[0] ?? "").charAt(0).toLowerCase() >= (initials.at(-1) ?? "")).toBe(true);
      await expect(page).toHaveURL(/[?&]sort=title/);
      await page.getByRole("link", { name: "Previous" }).click();
      await expect(page).not.toHaveURL(/after=/);
      await expect(rows(page).getByRole("link").first()).toHaveAttribute("href", begin ?? "");
    });
  });
}

test("a search for codes that fails says why", async ({ as, cast, complaints }) => {
  const page = await as(cast.provider);
  await open(page, "/services/new");
  complaints.foreseeNoNetwork();
  await page.route("**/rpc/icd11_search**", (route) => route.abort("internetdisconnected"));
  await page.getByRole("combobox", { name: "ICD-11 codes" }).fill("hypertension");
  await expect(page.getByRole("main")).toContainText("You are offline.");
  await expect(page.getByRole("main")).not.toContainText("No matches");
});
