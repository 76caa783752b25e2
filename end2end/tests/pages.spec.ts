// Every page: accessible in both themes, and nothing to complain about on the console.
import { expectAccessible } from "../support/axe";
import type { Member } from "../support/cast";
import { pagesOf } from "../support/pages";
import { stage } from "../support/scene";
import { expect, open, test } from "../support/test";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    for (const role of ["nobody", "provider", "insurer", "intermediary", "admin"] as const) {
      test(`the pages of ${role}`, async ({ as, cast, complaints }) => {
        test.setTimeout(180_000);
        const member: Member | null = role === "nobody" ? null : cast[role];
        const scene = await stage(as, cast);
        const page = await as(member, { colorScheme });
        for (const { path, status, plain, before, after } of await pagesOf(role, page, cast, scene)) {
          await test.step(path, async () => {
            if (status !== 200) complaints.foresee(status, new RegExp(path.replaceAll(/[.?*+^$()[\]\\|{}]/g, "\\$&")));
            await before?.();
            await (plain ? page.goto(path) : open(page, path));
            await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
            await expectAccessible(page);
            if (after) {
              await after();
              await expectAccessible(page);
            }
          });
        }
      });
    }
  });
}
