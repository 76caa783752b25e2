// The search in the bar: by keyboard, on its own page, and never more than one may see.
import { expect, modes, open, test } from "../support/test";
import { buy } from "../support/trade";

test("Ctrl+K, a few letters, an arrow and Enter lead to a service", async ({ as, cast }) => {
  const { scan } = cast.offers;
  const page = await as(cast.insurer);
  await open(page, "/dashboard");
  await page.keyboard.press("Control+k");
  const field = page.getByRole("banner").getByRole("searchbox", { name: "Search" });
  await expect(field).toBeFocused();
  await page.keyboard.type(scan.title);
  const market = page.getByRole("banner").getByRole("region", { name: "Market" });
  await expect(market.getByRole("link", { name: scan.title })).toBeVisible();
  await expect(page.getByRole("banner").getByRole("status")).toHaveText(/results?\./);
  await page.keyboard.press("ArrowDown");
  await expect(market.getByRole("link", { name: scan.title })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(field).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: scan.title })).toBeFocused();
  await expect(market).toHaveCount(0);
  // what was looked for is offered again, in this tab and to this person
  await open(page, "/dashboard");
  await page.keyboard.press("Control+k");
  const recent = page.getByRole("banner").getByRole("region", { name: "Recent" });
  await recent.getByRole("link", { name: scan.title }).click();
  await expect(page).toHaveURL(/\/search\?q=/);
  await expect(page.getByRole("main").getByRole("link", { name: scan.title }).first()).toBeVisible();
});

test("Ctrl+K opens pages and acts before anything is typed", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await open(page, "/dashboard");
  await page.keyboard.press("Control+k");
  const bar = page.getByRole("banner");
  await expect(bar.getByRole("region", { name: "Pages" }).getByRole("link", { name: "Orders" })).toBeVisible();
  await bar.getByRole("region", { name: "Actions" }).getByRole("link", { name: "New service" }).click();
  await expect(page).toHaveURL(/\/services\/new$/);
});

test("Escape closes what was found, and leaving the field does", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, "/dashboard");
  const bar = page.getByRole("banner");
  const field = bar.getByRole("searchbox", { name: "Search" });
  await field.fill("certificates");
  const pages = bar.getByRole("region", { name: "Pages" });
  await expect(pages.getByRole("link", { name: "Certificates" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(pages).toHaveCount(0);
  await expect(field).toBeFocused();
  await field.fill("certificate");
  await expect(pages).toBeVisible();
  await page.getByRole("link", { name: "Dashboard" }).focus();
  await expect(pages).toHaveCount(0);
});

test("what may be done and pages beside the navigation are found by their names", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await open(page, "/dashboard");
  const bar = page.getByRole("banner");
  const field = bar.getByRole("searchbox", { name: "Search" });
  await field.fill("service new");
  await bar.getByRole("region", { name: "Actions" }).getByRole("link", { name: "New service" }).click();
  await expect(page).toHaveURL(/\/services\/new$/);
  await field.fill("saved");
  await expect(bar.getByRole("region", { name: "Pages" }).getByRole("link", { name: "Saved views" })).toBeVisible();
});

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a purchase is found by how its number begins, by its buyer alone", async ({ as, cast }) => {
      const page = await as(cast.insurer);
      const id = await buy(page, cast.offers.scan, 1);
      await open(page, `/purchases/${id}`);
      const number = /P-\d{4}-\w{4}-\w{4}/.exec(await page.getByRole("main").innerText())?.[0] ?? "";
      const field = page.getByRole("banner").getByRole("searchbox", { name: "Search" });
      await field.fill(number.slice(0, 11).toLowerCase());
      await field.press("Enter");
      await expect(page.getByRole("heading", { level: 1, name: "Search" })).toBeVisible();
      const main = page.getByRole("main");
      await expect(main.getByRole("link", { name: new RegExp(number) })).toHaveAttribute("href", `/purchases/${id}`);

      const other = await as(cast.otherInsurer);
      await open(other, `/search?q=${number}`);
      await expect(other.getByRole("main")).toContainText("Nothing found");
    });
  });
}
