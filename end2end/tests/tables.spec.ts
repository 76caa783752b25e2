// Tables: on a phone, a tablet and a desk no cell is cut or off screen.
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

for (const role of ROLES.filter((role) => role !== "nobody")) {
  test(`no cell of ${role}'s tables is cut or off screen on phone, tablet, laptop and desk`, async ({ as, cast, complaints }) => {
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
      }
    }
  });
}
