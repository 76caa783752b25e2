// Every page: accessible in both themes, no wider than a narrow screen, and nothing to complain about on the console.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { expectAccessible } from "../support/axe";
import type { Cast, Member } from "../support/cast";
import { pagesOf, ROLES, type Role } from "../support/pages";
import { stage } from "../support/scene";
import { expect, open, test } from "../support/test";

const memberOf = (cast: Cast, role: Role): Member | null => (role === "nobody" ? null : cast[role]);

/** Nothing needs scrolling sideways on a phone (WCAG 2.2, 1.4.10). */
async function expectReflow(page: Page): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ width: 320, height: 640 });
  // what was laid out for a wide screen is laid out anew
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), `${page.url()} at 320 px`).toBeLessThanOrEqual(320);
  await page.setViewportSize(size);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    for (const role of ROLES) {
      test(`the pages of ${role}`, async ({ as, cast, complaints }) => {
        test.setTimeout(180_000);
        const scene = await stage(as, cast);
        const page = await as(memberOf(cast, role), { colorScheme });
        for (const { path, status, plain, before, after, refused } of await pagesOf(role, page, cast, scene)) {
          await test.step(path, async () => {
            if (status !== 200) complaints.foresee(status, new RegExp(path.replaceAll(/[.?*+^$()[\]\\|{}]/g, "\\$&")));
            if (refused) complaints.foresee(422, new RegExp(`/rpc/${refused}`));
            await before?.();
            await (plain ? page.goto(path) : open(page, path));
            await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
            await expectAccessible(page);
            await expectReflow(page);
            if (after) {
              await after();
              await expectAccessible(page);
              await expectReflow(page);
            }
          });
        }
      });
    }
  });
}

/** The addresses that the features route, as patterns. */
function routes(): Map<string, RegExp> {
  const features = join(import.meta.dirname, "../../app/src/features");
  const files = readdirSync(features, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
  const sources = files.map((file) => readFileSync(join(features, file), "utf8")).join("\n");
  const paths = [...sources.matchAll(/path!\("([^"]*)"\)/g)].map(([, path]) => path ?? "");
  return new Map(paths.map((path) => [path, new RegExp(`^${path.replaceAll(/:\w+/g, "[^/?]+")}$`)]));
}

test("no page is left out", async ({ as, cast }) => {
  test.setTimeout(120_000);
  const scene = await stage(as, cast);
  const opened: string[] = [];
  for (const role of ROLES) {
    const entries = await pagesOf(role, await as(memberOf(cast, role)), cast, scene);
    opened.push(...entries.map(({ path }) => path.split("?")[0] ?? ""));
  }
  // a name in the path is no id: `/services/new` is another page than `/services/:id`
  const names = [...routes().keys()].filter((path) => !path.includes(":"));
  const missing = [...routes()].filter(([path, pattern]) => !opened.some((one) => one === path || (!names.includes(one) && pattern.test(one))));
  expect(missing.map(([path]) => path)).toEqual([]);
  expect(routes().size).toBeGreaterThan(30);
});
