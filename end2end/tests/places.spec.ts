// Where a page was left, and what stays in sight.
import type { Page } from "@playwright/test";

import { newcomer, unique, type Offer } from "../support/cast";
import { fill } from "../support/forms";
import { alive, expect, open, test } from "../support/test";
import { addToCart, buy } from "../support/trade";

/** How far below the upper edge of the window the thing stands. */
const topOf = (page: Page, selector: string) => page.locator(selector).evaluate((one) => one.getBoundingClientRect().top);

/** Where the thing stands once the rows around it are drawn: until then their heights are guessed. */
const restingTopOf = (page: Page, selector: string) =>
  page.locator(selector).evaluate(async (one) => {
    const top = () => one.getBoundingClientRect().top;
    for (let still = 0, last = top(); still < 10; ) {
      await new Promise(requestAnimationFrame);
      still = top() === last ? still + 1 : 0;
      last = top();
    }
    return top();
  });

test("the way back leads to the row that was left, and the way on to the page's top", async ({ page }) => {
  await open(page, "/market");
  const link = page.locator(".market-row").nth(14).getByRole("link").first();
  await link.scrollIntoViewIfNeeded();
  const href = await link.getAttribute("href");
  const row = `main a[href="${href}"]`;
  const before = await restingTopOf(page, row);
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(800);

  await link.click();
  await expect(page).toHaveURL(/\/market\/[0-9a-f-]{36}$/);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Market" })).toBeVisible();
  await expect.poll(async () => Math.abs((await topOf(page, row)) - before)).toBeLessThanOrEqual(4);
});

test("the way back leads to the place in a table", async ({ as, cast }) => {
  const page = await as(cast.admin, { viewport: { width: 1280, height: 900 } });
  await open(page, "/console/permissions");
  const last = "main .table tbody tr:last-child th";
  await page.locator(last).scrollIntoViewIfNeeded();
  const before = await topOf(page, last);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "System" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "System" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Permissions" })).toBeVisible();
  await expect.poll(async () => Math.abs((await topOf(page, last)) - before)).toBeLessThanOrEqual(4);
});

/** A service whose title is one word after another that no line of a phone holds. */
async function publishLong(page: Page): Promise<Offer> {
  const title = `Hochauflösungsmagnetresonanztomographieuntersuchung des Kniegelenks ${unique()}`;
  await open(page, `/services/new?title=${encodeURIComponent(title)}&codes=FA01`);
  await fill(page, {
    description: "Everything that is needed, done by people who do it daily, with a written report.",
    category: "imaging",
    modality: "on_site",
    country: "DE",
    city: "Schmedeswurtherwesterdeich",
    duration_minutes: "45",
    validity_days: "365",
    currency: "EUR",
    base_price: "420.00",
  });
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("link", { name: "View on the market" })).toBeVisible();
  const id = /\/services\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
  return { id, title, price: "EUR 420.00", seller: "" };
}

/** Nothing needs scrolling sideways (WCAG 2.2, 1.4.10). */
async function expectNarrow(page: Page, path: string): Promise<void> {
  await open(page, path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width} px`).toBeLessThanOrEqual(width);
  }
}

test("long words are broken on every page that shows a title", async ({ as, cast }) => {
  test.setTimeout(180_000);
  const seller = await as(cast.provider);
  const offer = await publishLong(seller);
  const buyer = await as(cast.otherInsurer);
  const purchase = await buy(buyer, offer, 1);
  await addToCart(buyer, offer, 1);
  await open(buyer, `/certificates?purchase=${purchase}`);
  const certificate = await buyer.getByRole("main").locator('a[href^="/certificates/"]').first().getAttribute("href");
  for (const path of [`/market/${offer.id}`, `/market?q=${encodeURIComponent(offer.title)}`, "/cart", "/checkout", `/purchases/${purchase}`, "/certificates", certificate ?? "", "/dashboard", `/search?q=${encodeURIComponent(offer.title)}`]) {
    await expectNarrow(buyer, path);
  }
  for (const path of [`/services/${offer.id}`, `/services/${offer.id}/edit`, "/services", "/orders", "/certificates", "/dashboard"]) {
    await expectNarrow(seller, path);
  }
  await open(buyer, "/cart");
  await buyer.getByRole("button", { name: `Remove ${offer.title}` }).click();
  await expect(buyer.getByRole("main")).toContainText("Your cart is empty");
});

test("the long name of an organisation is broken on its own page and in the console", async ({ as, cast }) => {
  test.setTimeout(120_000);
  const form = newcomer("insurer", "Berufsgenossenschaftsunfallversicherungsanstaltsvereinigung");
  const name = form.organisation ?? "";
  const member = await as(null);
  await open(member, "/sign-up");
  await fill(member, form);
  await member.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await expect(member).toHaveURL(/\/organisation$/);
  await expect(member.getByRole("heading", { level: 1 })).toContainText(name);
  for (const path of ["/organisation", "/dashboard", "/account"]) await expectNarrow(member, path);

  const admin = await as(cast.admin);
  const list = `/console/organisations?q=${encodeURIComponent(name)}`;
  await open(admin, list);
  const own = await admin.getByRole("main").getByRole("link", { name }).getAttribute("href");
  await open(admin, own ?? "");
  await expect(admin.getByRole("heading", { level: 1, name })).toBeVisible();
  for (const path of [own ?? "", list, "/console/audit", "/console"]) await expectNarrow(admin, path);
});

test("in forced colours what is open looks unlike the rest", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await page.emulateMedia({ forcedColors: "active" });
  await open(page, "/purchases");
  for (const part of [".tab", ".rail-link"]) {
    const colours = (current: string) => page.locator(`${part}${current}`).first().evaluate((one) => getComputedStyle(one).backgroundColor);
    expect(await colours("[aria-current]"), part).not.toBe(await colours(":not([aria-current])"));
  }
});

for (const [device, width, height, rows] of [
  ["phone", 390, 844, 2],
  ["tablet", 820, 1180, 5],
] as const) {
  test.describe(`on a ${device}`, () => {
    test.use({ hasTouch: true, isMobile: true, viewport: { width, height } });

    test("several results stand on a screen, and their codes are labels", async ({ page }) => {
      await open(page, "/market");
      await page.locator("#results").evaluate((count) => count.scrollIntoView());
      await expect
        .poll(() => page.locator(".market-row").evaluateAll((all) => all.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length))
        .toBeGreaterThanOrEqual(rows);
      for (const chip of await page.locator(".market-row .chip").all()) {
        const box = await chip.boundingBox();
        if (box) expect(box.height).toBeLessThanOrEqual(30);
      }
      const chip = page.locator(".market-row .chip-link").first();
      await expect(chip).toHaveCSS("pointer-events", "none");
    });

    test("price and purchase stay in sight", async ({ browser, cast, contextOptions }) => {
      for (const member of [null, cast.insurer]) {
        const context = await browser.newContext({ ...contextOptions, viewport: { width, height }, hasTouch: true, isMobile: true, storageState: member?.state });
        const page = await context.newPage();
        await open(page, `/market/${cast.offers.scan.id}`);
        const bar = page.locator(".buy-bar");
        for (const place of [0, 10_000]) {
          await page.evaluate((top) => scrollTo(0, top), place);
          await expect(bar.getByText(/EUR\s420\.00/).first()).toBeInViewport({ ratio: 1 });
          const act = member ? bar.getByRole("button", { name: "Add to cart" }) : bar.getByRole("link", { name: "Sign in to buy" });
          await expect(act).toBeInViewport({ ratio: 1 });
        }
        await context.close();
      }
    });
  });
}

test("a description is edited as it was written, and saving it unchanged makes no version", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await open(page, `/services/${cast.offers.scan.id}`);
  const versions = () => page.getByRole("table", { name: /^Versions/ }).locator("tbody tr").count();
  const before = await versions();
  for (let time = 0; time < 2; time += 1) {
    await page.getByRole("link", { name: "Edit" }).click();
    await expect(page.getByLabel("Description")).toHaveValue(/^Everything that is needed/);
    await page.getByRole("button", { name: /^Save/ }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: cast.offers.scan.title })).toBeVisible();
    await alive(page);
    expect(await versions()).toBe(before);
  }
});

test("a date and an amount read in their own direction on a page that runs from right to left", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await buy(page, cast.offers.scan, 1);
  await open(page, "/purchases");
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  for (const part of ["main time", "main .money"]) {
    const [first, last] = await page.locator(part).first().evaluate((one) => {
      const text = document.createTreeWalker(one, NodeFilter.SHOW_TEXT).nextNode() as Text;
      const leftOf = (at: number) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
      };
      return [leftOf(0), leftOf(text.data.length - 1)];
    });
    expect(first ?? 0, part).toBeLessThan(last ?? 0);
  }
});
