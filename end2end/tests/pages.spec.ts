// Every page: accessible in both themes, and nothing to complain about on the console.
import { expectAccessible } from "../support/axe";
import type { Cast, Member } from "../support/cast";
import { pagesOf } from "../support/pages";
import { expect, open, test } from "../support/test";
import { buy } from "../support/trade";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    for (const role of ["nobody", "provider", "insurer", "intermediary", "admin"] as const) {
      test(`the pages of ${role}`, async ({ as, cast, complaints }) => {
        test.setTimeout(180_000);
        const member: Member | null = role === "nobody" ? null : (cast as unknown as Record<string, Member>)[role] ?? null;
        const page = await as(member, { colorScheme });
        if (role === "insurer") await buy(page, cast.offers.scan, 1);
        for (const { path, status } of await pagesOf(role, page, cast as Cast)) {
          await test.step(path, async () => {
            if (status !== 200) complaints.foresee(status, new RegExp(path.replaceAll(/[.?*+^$()[\]\\|{}]/g, "\\$&")));
            await open(page, path);
            await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
            await expectAccessible(page);
          });
        }
      });
    }
  });
}
