// Numbers as people type and read them.
import type { Page } from "@playwright/test";

import { expect, open, test } from "../support/test";
import { addToCart } from "../support/trade";

/** Turns the wheel over a field that has the focus: the page scrolls, and the number stays. */
async function expectWheelScrolls(page: Page, label: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill("20");
  await expect(field).toHaveAttribute("inputmode", "numeric");
  await field.hover();
  const place = () => page.evaluate(() => scrollY);
  const before = await place();
  // a short page has room in one direction alone
  const step = before > 0 ? -Math.min(before, 120) : 120;
  await page.mouse.wheel(0, step);
  await expect.poll(place, label).not.toBe(before);
  await page.mouse.wheel(0, -step);
  await expect.poll(place, label).toBe(before);
  await expect(field).toHaveValue("20");
}

test("the wheel over a focused number field scrolls the page and leaves the number", async ({ as, cast }) => {
  const { scan } = cast.offers;
  const viewport = { width: 1000, height: 500 };
  const seller = await as(cast.provider, { viewport });
  await open(seller, "/services/new");
  for (const label of ["Duration", "Certificate validity", "Total units for sale (optional)"]) await expectWheelScrolls(seller, label);

  const buyer = await as(cast.otherInsurer, { viewport });
  await open(buyer, `/market/${scan.id}`);
  await expectWheelScrolls(buyer, "Units");
  await addToCart(buyer, scan, 1);
  await expectWheelScrolls(buyer, `Units of ${scan.title}`);
  await buyer.getByRole("button", { name: `Remove ${scan.title}` }).click();
  await expect(buyer.getByRole("main")).toContainText("Your cart is empty");
});

test("an amount with a decimal comma is read, and one with two readings names both", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, "/market?currency=EUR&price_max=420,00");
  await expect(page.getByRole("main").getByRole("link", { name: cast.offers.scan.title })).toBeVisible();
  await open(page, "/market?currency=EUR&price_max=1,250");
  await expect(page.getByRole("alert").filter({ hasText: "could mean 1250 or 1.25" })).toBeVisible();
});

for (const { locale, price, total } of [
  { locale: "de-DE", price: "420,00", total: "4.200,00" },
  { locale: "fr-FR", price: "420,00", total: "4\u202f200,00" },
]) {
  test.describe(`in a browser that speaks ${locale}, in another time zone than the organisation`, () => {
    test.use({ locale, timezoneId: "Asia/Tokyo" });

    test("server and browser write the same numbers and times", async ({ as, cast }) => {
      const page = await as(cast.insurer);
      await open(page, `/market/${cast.offers.scan.id}`);
      await expect(page.getByRole("main")).toContainText(`EUR\u00a0${price}`);
      await page.getByLabel("Units", { exact: true }).fill("10");
      // written by the browser
      await expect(page.getByRole("status").filter({ hasText: "Total" })).toContainText(`EUR\u00a0${total}`);
      // from the server, and again by the browser after a way through the application
      await open(page, "/account");
      const first = page.getByRole("main").locator("time").last();
      const written = await first.innerText();
      expect(written).toMatch(/^\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d CES?T$/);
      await expect(first).toHaveAttribute("title", "Europe/Berlin");
      await page.getByRole("link", { name: "Purchases" }).first().click();
      await expect(page.getByRole("heading", { level: 1, name: "Purchases" })).toBeVisible();
      await page.goBack();
      await expect(page.getByRole("main").locator("time").last()).toHaveText(written);
    });
  });
}
