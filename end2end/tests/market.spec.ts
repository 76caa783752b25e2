// What a provider publishes, buyers find.
import { unique } from "../support/cast";
import { fill } from "../support/forms";
import { expect, open, test } from "../support/test";

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
  await expect(page.getByRole("list", { name: "Chosen" })).toContainText("BA00");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByRole("link", { name: "See it on the market" })).toBeVisible();

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
