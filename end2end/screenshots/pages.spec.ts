// A picture of every page at three widths in both themes, for people to look at: `scripts/e2e --project screenshots`.
import type { Cast, Member } from "../support/cast";
import { pagesOf, ROLES } from "../support/pages";
import { stage } from "../support/scene";
import { open, test } from "../support/test";
import { buy } from "../support/trade";

const widths = [390, 820, 1440];

for (const role of ROLES) {
  test(`pictures of the pages of ${role}`, async ({ as, cast, complaints }) => {
    test.setTimeout(600_000);
    const member: Member | null = role === "nobody" ? null : ((cast as unknown as Record<string, Member>)[role] ?? null);
    const scout = await as(member);
    if (role === "insurer") await buy(scout, cast.offers.course, 2);
    const scene = await stage(as, cast);
    const entries = (await pagesOf(role, scout, cast as Cast, scene)).filter(({ plain }) => !plain);
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of widths) {
        const page = await as(member, { colorScheme, viewport: { width, height: width === 390 ? 844 : 1000 } });
        for (const { path, status, before } of entries) {
          if (status !== 200) complaints.foresee(status, /./);
          await before?.();
          await open(page, path);
          const name = path.replaceAll(/[0-9a-f-]{36}/g, "one").replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "") || "home";
          await page.screenshot({ path: `${import.meta.dirname}/out/${role}-${name}-${width}-${colorScheme}.png`, fullPage: true, animations: "disabled" });
        }
        await page.close();
      }
    }
  });
}
