import { open, test } from "../support/test";
for (const [role, path, width, scheme] of [
  ["provider", "/services", 1440, "light"], ["provider", "/services", 390, "dark"], ["provider", "/services", 820, "light"],
  ["admin", "/console/audit", 1440, "dark"], ["admin", "/console/organisations", 1440, "light"], ["admin", "/console/security?days=30", 820, "light"],
  ["provider", "/certificates?days=30", 1440, "light"], ["provider", "/orders", 390, "light"], ["admin", "/purchases", 1440, "light"],
] as const) {
  test(`list ${role} ${path} ${width}`, async ({ as, cast }) => {
    const member = (cast as any)[role];
    const page = await as(member, { colorScheme: scheme, viewport: { width, height: 900 } });
    await open(page, path);
    if (path === "/services") {
      await page.getByRole("checkbox", { name: /^Choose all/ }).check();
    }
    const name = `list-${role}${path.replaceAll(/[^a-z]+/g, "-")}-${width}-${scheme}`;
    await page.screenshot({ path: `${import.meta.dirname}/out/${name}.png`, fullPage: true, animations: "disabled" });
    if (width !== 820) {
      await page.getByRole("button", { name: "Columns and rows" }).click();
      await page.screenshot({ path: `${import.meta.dirname}/out/${name}-open.png`, animations: "disabled" });
    }
  });
}
