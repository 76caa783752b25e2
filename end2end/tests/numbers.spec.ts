// Numbers as people type and read them.
import { expect, open, test } from "../support/test";

test("the wheel over a focused number field scrolls the page and leaves the number", async ({ as, cast }) => {
  const page = await as(cast.provider, { viewport: { width: 1000, height: 500 } });
  await open(page, "/services/new");
  for (const label of ["Duration", "Certificate validity", "Total units for sale (optional)"]) {
    const field = page.getByLabel(label);
    await field.fill("20");
    await expect(field).toHaveAttribute("inputmode", "numeric");
    await field.hover();
    const before = await page.evaluate(() => scrollY);
    await page.mouse.wheel(0, -120);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeLessThan(before);
    await page.mouse.wheel(0, 120);
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(before);
    await expect(field).toHaveValue("20");
  }
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
