// Numbers as people type and read them.
import { expect, open, test } from "../support/test";

test("the wheel over a focused number field scrolls the page and leaves the number", async ({ as, cast }) => {
  const page = await as(cast.provider, { viewport: { width: 1000, height: 500 } });
  await open(page, "/services/new");
  for (const label of ["Duration", "Certificates are valid for", "Units for sale in all (optional)"]) {
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
