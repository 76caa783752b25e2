// Pages that others have changed: a translator, a password manager. A page lives, or its links and forms belong to the browser.
import type { Page } from "@playwright/test";

import type { Cast, Member } from "../support/cast";
import { fill } from "../support/forms";
import { decorateFields, holdBrowserHalf, translatePage, wrapHeading } from "../support/foreign";
import { alive, expect, open, test } from "../support/test";

const KINDS: [string, keyof Cast | null, (cast: Cast) => string][] = [
  ["start", null, () => "/"],
  ["market", null, () => "/market"],
  ["service", null, (cast) => `/market/${cast.offers.scan.id}`],
  ["check", null, () => "/check"],
  ["sign-up", null, () => "/sign-up"],
  ["dashboard", "insurer", () => "/dashboard"],
  ["purchases", "insurer", () => "/purchases"],
  ["account", "insurer", () => "/account"],
  ["services", "provider", () => "/services"],
  ["new service", "provider", () => "/services/new"],
  ["redeem", "provider", () => "/redeem"],
  ["organisations", "admin", () => "/console/organisations"],
];

const CHANGES = [
  ["a translator has wrapped its heading", wrapHeading],
  ["a password manager has put its buttons behind the fields", decorateFields],
] as const;

/** Alive, or given over to the browser. */
const settled = (page: Page) => expect(page.locator("body[data-alive], html[data-crashed] body")).toBeAttached();

for (const [change, spoil] of CHANGES) {
  test(`every link works when ${change} before the page was alive`, async ({ as, cast, complaints }) => {
    test.setTimeout(240_000);
    complaints.foreseeCrash();
    for (const [kind, who, path] of KINDS) {
      await test.step(kind, async () => {
        const page = await as(who ? (cast[who] as Member) : null);
        const release = await holdBrowserHalf(page);
        await page.goto(path(cast));
        await spoil(page);
        release();
        await settled(page);
        const link = who ? page.getByRole("banner").getByRole("link", { name: "HCTS home" }) : page.getByRole("banner").getByRole("link", { name: "Sign in" });
        await link.click();
        await expect(page).toHaveURL(who ? /\/dashboard$/ : /\/sign-in/);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(who ? "Dashboard" : /^Sign in/);
        await page.close();
      });
    }
  });

  test(`every form works when ${change} before the page was alive`, async ({ as, cast, complaints }) => {
    complaints.foreseeCrash();
    const page = await as(null);
    const release = await holdBrowserHalf(page);
    await page.goto("/sign-in");
    await spoil(page);
    release();
    await settled(page);
    await fill(page, { email: cast.insurer.email, password: cast.insurer.password });
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/dashboard$/);
    await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
  });
}

test("a page that has crashed says so, and is itself again after a reload", async ({ as, complaints }) => {
  complaints.foreseeCrash();
  const page = await as(null);
  const release = await holdBrowserHalf(page);
  await page.goto("/market");
  await wrapHeading(page);
  release();
  await expect(page.locator("html[data-crashed]")).toBeAttached();
  const note = page.getByRole("status").filter({ hasText: "Links and forms still work." });
  await expect(note).toBeVisible();
  await note.getByRole("link", { name: "Reload this page" }).click();
  await expect(note).toHaveCount(0);
  await alive(page);
});

test("a page that crashes on its way to another one arrives there", async ({ as, cast, complaints }) => {
  complaints.foreseeCrash();
  const page = await as(cast.insurer);
  await open(page, "/purchases");
  const markers = () => {
    const walker = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_COMMENT);
    const found: Comment[] = [];
    while (walker.nextNode()) found.push(walker.currentNode as Comment);
    for (const marker of found) marker.remove();
  };
  await page.evaluate(markers);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Organisation" }).click();
  await expect(page.getByRole("heading", { level: 1, name: cast.insurer.organisation })).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Purchases" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Purchases" })).toBeVisible();
});

test("money is right on a page that was translated while it lived", async ({ as, cast }) => {
  const page = await as(cast.otherInsurer);
  await open(page, `/market/${cast.offers.scan.id}`);
  await translatePage(page);
  await page.locator("#f-quantity").fill("10");
  const total = page.getByRole("status").filter({ hasText: "Total" });
  await expect(total).toContainText(/EUR\s4,200\.00/);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await alive(page);

  const main = page.getByRole("main");
  await expect(main).toContainText(/EUR\s4,200\.00/);
  await translatePage(page);
  await page.getByLabel(`Units of ${cast.offers.scan.title}`).fill("7");
  await page.getByRole("button", { name: `Update units of ${cast.offers.scan.title}` }).click();
  await expect(main.getByText(/EUR\s2,940\.00/)).not.toHaveCount(0);
  await expect(page.getByRole("complementary", { name: "Totals" })).toContainText(/EUR\s2,940\.00/);
  await expect(main).not.toContainText(/4,200\.00/);

  await alive(page);
  await page.getByRole("button", { name: `Remove ${cast.offers.scan.title}` }).click();
  await expect(page.getByRole("heading", { name: "Your cart is empty" }).or(page.getByText("Your cart is empty"))).toBeVisible();
});

test("a list that was translated shows the rows that were asked for", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await open(page, "/market?category=imaging");
  await translatePage(page);
  await page.getByRole("navigation", { name: "Sort" }).getByRole("link", { name: "Title" }).click();
  await expect(page).toHaveURL(/sort=title/);
  await alive(page);
  await expect(page.locator("font")).toHaveCount(0);
});

test("the number of selected rows is right on a page that was translated", async ({ as, cast }) => {
  const page = await as(cast.admin);
  const main = page.getByRole("main");
  await open(page, "/services?size=25&status=published");
  const boxes = main.getByRole("checkbox", { name: /^Select (?!all)/ });
  const said = main.getByRole("status").filter({ hasText: /selected/i });
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await expect(said).toHaveText("2 selected");
  await translatePage(page);
  await boxes.nth(2).check();
  await expect(said).toHaveText("3 selected");
});
