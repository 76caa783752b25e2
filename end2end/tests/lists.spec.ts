// Lists: what is shown of them, and acts on several rows at once.
import type { Locator } from "@playwright/test";

import { expectAccessible } from "../support/axe";
import { type Member, unique } from "../support/cast";
import { fill } from "../support/forms";
import { shelve } from "../support/shelf";
import { expect, modes, open, test } from "../support/test";
import { buy } from "../support/trade";

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("columns and rows are chosen and stay with the filter", async ({ as, cast }) => {
      // a screen on which all columns stand beside each other
      const page = await as(cast.admin, { viewport: { width: 1440, height: 900 } });
      await open(page, "/services");
      const main = page.getByRole("main");
      await expect(main.getByRole("columnheader", { name: "Codes" })).toBeVisible();
      await main.getByRole("button", { name: "Table settings" }).click();
      await main.getByRole("checkbox", { name: "Codes" }).uncheck();
      await main.getByRole("checkbox", { name: "Last changed" }).uncheck();
      await main.getByLabel("Rows per page").selectOption("25");
      await main.getByRole("button", { name: "Apply" }).click();
      await expect(page).toHaveURL(/size=25/);
      await expect(main.getByRole("columnheader", { name: "Sold" })).toBeVisible();
      await expect(main.getByRole("columnheader", { name: "Codes" })).toHaveCount(0);
      await expect(main.getByRole("row")).toHaveCount(26);
      await main.getByRole("link", { name: "Published" }).click();
      await expect(page).toHaveURL(/status=published/);
      await expect(main.getByRole("columnheader", { name: "Last changed" })).toHaveCount(0);
      // the list of before stays until the new one is there
      const next = main.getByRole("link", { name: "Next" });
      await expect(next).toHaveAttribute("href", /status=published/);
      await next.click();
      await expect(main.getByRole("link", { name: "Previous" })).toBeVisible();
      await expect(main.getByRole("columnheader", { name: "Codes" })).toHaveCount(0);
      await main.getByRole("button", { name: "Table settings" }).click();
      await expect(main.getByRole("checkbox", { name: "Codes" })).not.toBeChecked();
      await main.getByRole("link", { name: "Reset" }).click();
      await expect(main.getByRole("columnheader", { name: "Codes" })).toBeVisible();
      await expect(page).toHaveURL(/\/services\?status=published$/);
    });

    test("several services are paused and retired at once, after a look at what would happen", async ({ as, cast, complaints }) => {
      const mark = `Ward ${unique()}`;
      const page = await as(cast.otherProvider);
      for (const title of ["one", "two", "draft"]) await shelve(page, `${mark} ${title}`, title !== "draft");
      const main = page.getByRole("main");
      await open(page, `/services?q=${encodeURIComponent(mark)}`);
      for (const title of ["one", "two", "draft"]) await main.getByRole("checkbox", { name: `Select ${mark} ${title}` }).check();
      await main.getByRole("button", { name: "Pause" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Pause 2 services?" })).toBeVisible();
      await expect(main).toContainText("Not published yet.");
      await main.getByRole("button", { name: "Pause 2 services" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "2 paused, 1 not changed" })).toBeVisible();
      await expect(main.getByRole("link", { name: `${mark} draft` })).toBeVisible();

      await open(page, `/services?q=${encodeURIComponent(mark)}&status=paused`);
      await expect(main).toContainText("2 services");
      await main.getByRole("checkbox", { name: `Select ${mark} one` }).check();
      await main.getByRole("button", { name: "Retire" }).click();
      complaints.foresee(422, /service_bulk_apply/);
      await fill(main, { confirmation: "yes" });
      await main.getByRole("button", { name: "Retire 1 service" }).click();
      await expect(page.locator(".error-summary")).toContainText("retire");
      await fill(main, { confirmation: "retire" });
      await main.getByRole("button", { name: "Retire 1 service" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "1 retired" })).toBeVisible();
    });
  });
}

test("who walks through a list goes back the way he came, by link and by key", async ({ as, cast }) => {
  const page = await as(cast.admin);
  const main = page.getByRole("main");
  const pages = main.getByRole("navigation", { name: "Pages" });
  const rows = () => main.getByRole("rowheader").getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const arrive = async (number: number) => {
    await expect(pages.locator('[aria-current="page"]')).toHaveText(`Page ${number}`);
    return rows();
  };
  await open(page, "/services?size=25&sort=title");
  const walked = [await arrive(1)];
  for (const number of [2, 3]) {
    await pages.getByRole("link", { name: "Next" }).click();
    walked.push(await arrive(number));
  }
  expect(new Set(walked.flat()).size).toBe(walked.flat().length);
  await expect(pages.getByRole("link", { name: "First page" })).toBeVisible();
  await page.keyboard.press("p");
  await arrive(2);
  await expect.poll(rows).toEqual(walked[1]);
  await expect(pages.getByRole("link", { name: "First page" })).toHaveCount(0);
  await pages.getByRole("link", { name: "Previous" }).click();
  await arrive(1);
  await expect.poll(rows).toEqual(walked[0]);
  await expect(page).toHaveURL(/\/services\?size=25&sort=title$/);
  // another filter begins anew
  await page.keyboard.press("n");
  await arrive(2);
  await main.getByRole("link", { name: "Published" }).click();
  await expect(page).not.toHaveURL(/after=|before=/);
});

test("all that fit are chosen on purpose, and the bar says how many", async ({ as, cast }) => {
  const page = await as(cast.admin);
  const main = page.getByRole("main");
  await open(page, "/services?size=25&status=published");
  const count = (await main.getByText(/^[\d,]+ services$/).textContent()) ?? "";
  await expect(main.getByRole("button", { name: "Pause" })).toBeDisabled();
  await main.getByRole("checkbox", { name: "Select all on this page" }).check();
  await expect(main.getByText("25 selected")).toBeVisible();
  await main.getByRole("checkbox", { name: /^Select / }).nth(3).uncheck();
  await expect(main.getByText("24 selected")).toBeVisible();
  await main.getByRole("checkbox", { name: `Select all ${count.replace(" ", " matching ")}` }).check();
  await expect(main.getByText(`All ${count} selected`)).toBeVisible();
  await expectAccessible(page);
  await main.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Pause [\d,]+ services\?$/ })).toBeVisible();
  await expectAccessible(page);
  await main.getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/services\?status=published/);
});

test("another filter hides the old rows at once and says that it is busy, on every list", async ({ as, cast }) => {
  test.setTimeout(240_000);
  await buy(await as(cast.insurer), cast.offers.scan, 1);
  const follow = (name: string | RegExp) => (main: Locator) => main.getByRole("link", { name }).first().click();
  const followCell = (main: Locator, label: string) => main.locator(`td[data-label="${label}"] a`).first().click();
  const table = ".fresh .table-scroll";
  const lists: [Member, string, string, (main: Locator) => Promise<void>][] = [
    [cast.admin, "/purchases", table, follow("Awaiting payment")],
    [cast.admin, "/orders", table, follow("Awaiting payment")],
    [cast.admin, "/certificates", table, follow("Redeemed")],
    [cast.admin, "/services", table, follow("Drafts")],
    [cast.admin, "/console/organisations", table, follow(/^Verified/)],
    [cast.admin, "/console/audit", table, (main) => followCell(main, "Action")],
    [cast.admin, "/console/security", table, (main) => followCell(main, "Event")],
    [cast.insurer, "/market", ".fresh .row-list", (main) => main.getByRole("navigation", { name: "Sort" }).getByRole("link", { name: "Title" }).click()],
    [cast.insurer, "/search?q=scan", ".fresh .found", async (main) => {
      await main.getByRole("searchbox").fill("knee");
      await main.getByRole("searchbox").press("Enter");
    }],
  ];
  for (const [member, path, shown, act] of lists) {
    const page = await as(member);
    await open(page, path);
    const rows = page.locator(shown);
    await expect(rows, path).toBeVisible();
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/rpc\/(\w+_list|market_search|search)$/, async (route) => {
      await gate;
      await route.continue();
    });
    await act(page.getByRole("main"));
    await expect(page.locator('.fresh[aria-busy="true"]'), path).toHaveCount(1);
    await expect(rows, path).toBeHidden();
    release();
    await expect(page.locator('.fresh[aria-busy="false"]'), path).toHaveCount(1);
    await page.close();
  }
});
