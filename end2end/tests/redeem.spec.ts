// Redeeming at the provider's desk, and what the public check says before and after.
import { expect, modes, open, test } from "../support/test";
import { buy } from "../support/trade";
import { fill } from "../support/forms";

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a certificate is redeemed once; the second try says when and where", async ({ as, cast }) => {
      const { scan } = cast.offers;
      const buyer = await as(cast.insurer);
      const purchase = await buy(buyer, scan, 1);
      await open(buyer, `/certificates?purchase_id=${purchase}`);
      await buyer.getByRole("main").getByRole("row").filter({ hasText: scan.title }).getByRole("link").first().click();
      await expect(buyer.getByRole("main")).toContainText(scan.seller);
      const code = /\b[0-9A-HJKMNP-TV-Z]{4}(?:[ -][0-9A-HJKMNP-TV-Z]{2,4}){3,7}\b/.exec(await buyer.getByRole("main").innerText())?.[0] ?? "";
      expect(code).not.toBe("");

      const anybody = await as(null);
      await open(anybody, `/check?code=${encodeURIComponent(code)}`);
      await expect(anybody.getByRole("main")).toContainText("Valid");

      const desk = await as(cast.provider, { viewport: { width: 820, height: 1180 } });
      await open(desk, "/redeem");
      await fill(desk, { code, place: "Desk 2" });
      await desk.getByRole("main").getByRole("button", { name: /Check|Continue|Next/ }).click();
      await expect(desk.getByRole("main")).toContainText(scan.title);
      await desk.getByRole("main").getByRole("button", { name: /Redeem/ }).click();
      await expect(desk.getByRole("main")).toContainText(/Redeemed/);

      await open(desk, "/redeem");
      await fill(desk, { code, place: "Desk 3" });
      await desk.getByRole("main").getByRole("button", { name: /Check|Continue|Next/ }).click();
      await expect(desk.getByRole("main")).toContainText(/already redeemed/i);
      await expect(desk.getByRole("main")).toContainText("Desk 2");
      await expect(desk.getByRole("main")).toContainText(/\d{1,2} \w+ \d{4}/);

      await open(anybody, `/check?code=${encodeURIComponent(code)}`);
      await expect(anybody.getByRole("main")).toContainText(/redeemed/i);
    });
  });
}
