// A sale undone after redemption: the console shows what to do, until somebody says how it was settled.
import { fill } from "../support/forms";
import { expect, modes, open, test } from "../support/test";
import { undoSale } from "../support/undone";

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a sale undone after redemption is listed until it is marked as settled with a reason", async ({ as, cast, complaints }) => {
      const purchase = await undoSale(as, cast);
      const page = await as(cast.admin);
      const main = page.getByRole("main");
      await open(page, "/console/system");
      await main.locator(`a[href="/purchases/${purchase}"]`).click();
      const card = main.locator(".card").filter({ hasText: "Sale undone after redemption" });
      await expect(card).toContainText("Next step");
      await expect(card.getByRole("link", { name: cast.offers.scan.title })).toHaveCount(1);
      complaints.foresee(422, /undone_sale_settle/);
      await fill(page, { reason: "Too short" });
      await card.getByRole("button", { name: "Mark as settled" }).click();
      await expect(main.getByRole("alert").or(main.locator(".error-summary")).first()).toContainText("Reason");
      await fill(page, { reason: "The buyer pays for the redeemed unit by invoice." });
      await card.getByRole("button", { name: "Mark as settled" }).click();
      await expect(card).toContainText("The buyer pays for the redeemed unit by invoice.");
      await expect(card.getByRole("button", { name: "Mark as settled" })).toHaveCount(0);
      await open(page, "/console/system");
      await expect(main.locator(`a[href="/purchases/${purchase}"]`)).toHaveCount(0);
    });
  });
}
