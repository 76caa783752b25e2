import { expect, open, test } from "../support/test";
import { addToCart } from "../support/trade";
import { fill } from "../support/forms";

test("shots", async ({ as, cast, complaints }) => {
  complaints.foresee(422, /\/rpc\/cart_save/);
  test.setTimeout(300_000);
  const first = await as(cast.intermediary);
  await addToCart(first, cast.offers.scan, 2);
  await addToCart(first, cast.offers.course, 12);
  for (const width of [390, 820, 1440]) {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await as(cast.intermediary, { colorScheme, viewport: { width, height: width === 390 ? 844 : 1000 } });
      const shot = async (name: string, fullPage = true) => page.screenshot({ path: `/tmp/hcts/shots-a/${name}-${width}-${colorScheme}.png`, fullPage });
      await open(page, "/cart");
      await shot("cart");
      await page.getByLabel(`Units of ${cast.offers.scan.title}`).fill("1,000");
      await page.getByRole("button", { name: "Save client" }).click();
      await expect(page.locator(".error-summary")).toBeVisible();
      await shot("cart-refused");
      await open(page, "/checkout");
      await shot("checkout-blocked");
      await open(page, `/market/${cast.offers.scan.id}`);
      await shot("service", false);
      await page.getByLabel("Units", { exact: true }).fill("1,000");
      await shot("service-refused", false);
      const insurer = await as(cast.insurer, { colorScheme, viewport: { width, height: 1000 } });
      if (width === 390 && colorScheme === "light") await addToCart(insurer, cast.offers.scan, 3);
      await open(insurer, "/checkout");
      await insurer.screenshot({ path: `/tmp/hcts/shots-a/checkout-${width}-${colorScheme}.png`, fullPage: true });
      await page.context().close();
      await insurer.context().close();
    }
  }
  const page = await as(null, { viewport: { width: 820, height: 1000 } });
  await open(page, "/sign-up");
  await fill(page, { name: "Ada", password: "short but fine okay sky" });
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.locator(".error-summary")).toBeVisible();
  await page.screenshot({ path: `/tmp/hcts/shots-a/signup.png`, fullPage: true });
});
