// Tables: on a phone, a tablet and a desk no cell is cut, off screen or hidden.
import type { Page } from "@playwright/test";

import type { Cast, Member } from "../support/cast";
import { pagesOf, ROLES } from "../support/pages";
import { stage } from "../support/scene";
import { expect, open, test } from "../support/test";
import { buy } from "../support/trade";

/** Cells whose content does not fit into them, or that do not fit into the page. */
const cutCells = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".table :is(th, td)")]
      .filter((cell) => cell.checkVisibility({ visibilityProperty: true }) && cell.textContent !== "")
      .filter((cell) => {
        const { left, right } = cell.getBoundingClientRect();
        const frame = cell.closest(".table-scroll")?.getBoundingClientRect();
        const isOutside = left < (frame?.left ?? 0) - 1 || right > (frame?.right ?? 0) + 1 || left < 0 || right > innerWidth;
        const inside = [...cell.querySelectorAll<HTMLElement>(":not(.visually-hidden, .visually-hidden *, dialog, dialog *)")];
        return isOutside || inside.some((part) => part.checkVisibility({ visibilityProperty: true }) && part.getBoundingClientRect().right > right + 1);
      })
      .map((cell) => `${cell.closest("table")?.caption?.textContent}: ${cell.textContent}`),
  );

/** Cells with something in them that are not shown, in tables that are: a column that is taken away is no way to make room. */
const hiddenCells = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".table tbody :is(th, td)")]
      .filter((cell) => cell.textContent?.trim() !== "" && cell.closest("table")?.checkVisibility())
      .filter((cell) => {
        const { width, height } = cell.getBoundingClientRect();
        return !cell.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || width < 1 || height < 1;
      })
      .map((cell) => `${cell.closest("table")?.caption?.textContent}: ${cell.textContent}`),
  );

for (const role of ROLES.filter((role) => role !== "nobody")) {
  test(`no cell of ${role}'s tables is cut, hidden or off screen on phone, tablet, laptop and desk`, async ({ as, cast, complaints }) => {
    test.setTimeout(240_000);
    const member = (cast as unknown as Record<string, Member>)[role] ?? null;
    const page = await as(member, { viewport: { width: 1440, height: 900 } });
    if (role === "insurer") await buy(page, cast.offers.course, 2);
    const scene = await stage(as, cast);
    for (const { path, status, before } of await pagesOf(role, page, cast as Cast, scene)) {
      if (status !== 200) complaints.foresee(status, /./);
      await before?.();
      await open(page, path);
      for (const width of [390, 820, 1280, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await cutCells(page), `${path} at ${width}`).toEqual([]);
        expect(await hiddenCells(page), `hidden on ${path} at ${width}`).toEqual([]);
      }
    }
  });
}

/** Cards whose amount does not stand at the right beside the name, or that leave the right third of all their lines empty. */
const narrowCards = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".table tbody tr")].flatMap((card) => {
      if (getComputedStyle(card).display !== "grid") return [];
      const frame = card.getBoundingClientRect();
      const cells = [...card.querySelectorAll<HTMLElement>(":scope > :is(th, td)")].filter((cell) => cell.checkVisibility());
      const [name, money] = [card.querySelector("th"), card.querySelector("td.num .money")?.closest("td")];
      const reach = Math.max(...cells.map((cell) => cell.getBoundingClientRect().right));
      const isBeside = !name || !money || Math.abs(name.getBoundingClientRect().top - money.getBoundingClientRect().top) < 4;
      const end = money?.querySelector(".money")?.getBoundingClientRect().right ?? reach;
      return isBeside && frame.right - end < 40 ? [] : [card.innerText.replaceAll("\n", " ")];
    }),
  );

test("cards of a tablet have their amount at the right and use the whole width", async ({ as, cast }) => {
  const buyer = await as(cast.insurer, { viewport: { width: 820, height: 1180 } });
  const purchase = await buy(buyer, cast.offers.course, 2);
  await buy(buyer, cast.offers.scan, 1);
  for (const path of ["/purchases", `/purchases/${purchase}`, "/orders", "/certificates"]) {
    await open(buyer, path);
    expect(await narrowCards(buyer), path).toEqual([]);
  }
  const seller = await as(cast.provider, { viewport: { width: 820, height: 1180 } });
  for (const path of ["/services", "/orders", "/certificates", `/services/${cast.offers.scan.id}`]) {
    await open(seller, path);
    expect(await narrowCards(seller), path).toEqual([]);
  }
  await open(seller, "/market");
  const rows = await seller.locator(".market-row").evaluateAll((rows) =>
    rows.filter((row) => row.getBoundingClientRect().right - (row.querySelector(".market-row-price")?.getBoundingClientRect().right ?? 0) > 8).length,
  );
  expect(rows, "prices of the market").toBe(0);
});

test("what can be done with a service stands above its history on a phone", async ({ as, cast }) => {
  const page = await as(cast.provider, { viewport: { width: 390, height: 844 } });
  await open(page, `/services/${cast.offers.scan.id}`);
  const top = async (text: string) => (await page.getByText(text, { exact: true }).first().boundingBox())?.y ?? 0;
  expect(await top("Pause sales")).toBeLessThan(await top("History"));
});
