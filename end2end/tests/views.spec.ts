// Saved views: what a list shows gets a name, and the navigation opens the list with it.
import { unique } from "../support/cast";
import { fill } from "../support/forms";
import { expect, modes, open, test } from "../support/test";

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a view is saved, shared, opened by the navigation and deleted", async ({ as, cast, complaints }) => {
      const page = await as(cast.provider);
      const main = page.getByRole("main");
      const name = `Waiting ${unique()}`;
      await open(page, "/views/new?list=certificates&query=status%3Dissued%26after%3Dx");
      await fill(page, { name, shared: "true" });
      await main.getByRole("button", { name: "Save view" }).click();
      await expect(page).toHaveURL(/\/certificates\?status=issued&view_saved=true$/);
      await expect(main.getByText(`View “${name}” saved.`)).toBeVisible();
      await expect(main.getByRole("button", { name: `View: ${name}` })).toBeVisible();

      await open(page, "/views");
      const row = main.getByRole("listitem").filter({ hasText: name });
      await expect(row.getByRole("link", { name })).toHaveAttribute("href", "/certificates?status=issued");
      await row.getByText(`Edit ${name}`).click();
      await row.getByRole("checkbox", { name: "Owner" }).check();
      await row.getByRole("button", { name: "Save default" }).click();
      await expect(main.getByRole("status").filter({ hasText: "View saved" })).toBeVisible();
      const entry = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Certificates" });
      await expect(entry).toHaveAttribute("href", "/certificates?status=issued");
      await entry.click();
      await expect(page).toHaveURL(/\/certificates\?status=issued$/);
      await expect(entry).toHaveAttribute("aria-current", "page");

      await open(page, "/views");
      await row.getByText(`Edit ${name}`).click();
      complaints.foresee(422, /view_change/);
      await fill(row, { name: " " });
      await row.getByRole("button", { name: "Save", exact: true }).click();
      await expect(main.getByRole("alert")).toContainText("Enter a name.");
      await expect(row.locator("input[name=name]")).toHaveAttribute("aria-invalid", "true");

      await open(page, "/views");
      await row.getByText(`Edit ${name}`).click();
      await row.getByText("Delete").first().click();
      await row.getByRole("button", { name: "Delete view" }).click();
      await expect(row).toHaveCount(0);
      await expect(main.getByRole("status").filter({ hasText: "View deleted" })).toBeVisible();
      await expect(entry).toHaveAttribute("href", "/certificates");
    });
  });
}
