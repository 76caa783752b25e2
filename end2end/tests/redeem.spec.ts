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
      await open(buyer, `/certificates?purchase=${purchase}`);
      await buyer.getByRole("main").getByRole("row").filter({ hasText: scan.title }).getByRole("link").click();
      const sheet = buyer.getByRole("article", { name: "Certificate" });
      await expect(sheet).toContainText(scan.seller);
      await expect(sheet.getByRole("img", { name: "QR code of this certificate" })).toBeVisible();
      const code = await sheet.locator(".certificate-number").innerText();

      const anybody = await as(null);
      const check = async (verdict: string) => {
        await open(anybody, `/check?code=${code}`);
        await expect(anybody.getByRole("heading", { level: 2, name: verdict, exact: true })).toBeVisible();
      };
      await check("Valid");

      const desk = await as(cast.provider, { viewport: { width: 820, height: 1180 } });
      const main = desk.getByRole("main");
      const present = async () => {
        await open(desk, "/redeem");
        await fill(desk, { code });
        await main.getByRole("button", { name: "Continue" }).click();
      };
      await present();
      await expect(main).toContainText("Is this the right service?");
      await expect(main).toContainText(scan.title);
      await fill(desk, { place: "Desk 2" });
      await main.getByRole("button", { name: "Redeem now" }).click();
      await expect(main.getByRole("heading", { level: 2, name: "Redeemed", exact: true })).toBeVisible();

      await present();
      await expect(main.getByRole("heading", { level: 2, name: "Already redeemed" })).toBeVisible();
      await expect(main).toContainText(/Redeemed \d{1,2} \w+ \d{4}.* at Desk 2/);
      await expect(main.getByRole("button", { name: "Redeem now" })).toHaveCount(0);

      await check("Already redeemed");
      await expect(anybody.getByRole("main")).toContainText(/Redeemed \d{1,2} \w+ \d{4}/);
      // what staff wrote is for the two sides alone
      await expect(anybody.getByRole("main")).not.toContainText("Desk 2");
    });
  });
}
