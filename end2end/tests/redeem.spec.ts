// Redeeming at the provider's desk, and what the public check says before and after.
import { stage } from "../support/scene";
import { alive, expect, modes, open, test } from "../support/test";
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
        await open(anybody, "/check");
        await fill(anybody, { code });
        await anybody.getByRole("button", { name: "Check", exact: true }).click();
        await expect(anybody.getByRole("heading", { level: 2, name: verdict, exact: true })).toBeVisible();
        expect(anybody.url(), "no history of a shared device holds a code").not.toContain(code);
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
      await main.getByRole("link", { name: "Cancel" }).or(main.getByRole("button", { name: "Cancel" })).click();
      await expect(main.getByRole("button", { name: "Continue" })).toBeVisible();
      await present();
      await expect(main).toContainText(scan.title);
      expect(desk.url(), "the tablet's history holds no code").not.toContain(code);
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

test("a refusal is gone with the next certificate, the focus is where the work is, and the place stays", async ({ as, cast, complaints }) => {
  const { scan } = cast.offers;
  const buyer = await as(cast.insurer);
  const purchase = await buy(buyer, scan, 3);
  await open(buyer, `/certificates?purchase=${purchase}`);
  const links = await buyer.getByRole("main").getByRole("row").filter({ hasText: scan.title }).getByRole("link").all();
  const addresses = await Promise.all(links.map((link) => link.getAttribute("href")));
  const codes: string[] = [];
  for (const address of addresses) {
    await open(buyer, address ?? "");
    codes.push(await buyer.locator(".certificate-number").innerText());
  }
  const [first = "", second = "", third = ""] = codes;

  const desk = await as(cast.provider, { viewport: { width: 820, height: 1180 } });
  const main = desk.getByRole("main");
  const field = main.getByLabel("Certificate code");
  await open(desk, "/redeem");
  // a hand scanner types into what has the focus, and ends with Enter
  await expect(field).toBeFocused();
  await desk.keyboard.type(first);
  await desk.keyboard.press("Enter");
  await expect(main.getByRole("heading", { level: 2, name: "Is this the right service?" })).toBeFocused();

  // somebody else is faster
  const rival = await as(cast.provider);
  await open(rival, "/redeem");
  await fill(rival, { code: first });
  await rival.getByRole("button", { name: "Continue" }).click();
  await expect(rival.getByRole("main")).toContainText("Is this the right service?");
  expect(rival.url()).not.toContain(first);
  await fill(rival, { place: "Desk 1" });
  await rival.getByRole("button", { name: "Redeem now" }).click();
  await expect(rival.getByRole("heading", { level: 2, name: "Redeemed", exact: true })).toBeFocused();

  complaints.foresee(409, /\/rpc\/certificate_redeem/);
  await fill(desk, { place: "Desk 2" });
  await main.getByRole("button", { name: "Redeem now" }).click();
  await expect(main.getByRole("alert").first()).toContainText("Already redeemed");

  await main.getByRole("link", { name: "Next certificate" }).click();
  await expect(field).toBeFocused();
  await expect(main).not.toContainText("Already redeemed");
  await desk.keyboard.type(second);
  await desk.keyboard.press("Enter");
  await expect(main).toContainText("Is this the right service?");
  await expect(main).not.toContainText("Already redeemed");
  await fill(desk, { place: "Desk 2" });
  await main.getByRole("button", { name: "Redeem now" }).click();
  await expect(main.getByRole("heading", { level: 2, name: "Redeemed", exact: true })).toBeFocused();

  await main.getByRole("link", { name: "Next certificate" }).click();
  await expect(field).toBeFocused();
  await desk.keyboard.type(third);
  await desk.keyboard.press("Enter");
  await expect(main).toContainText("Is this the right service?");
  await expect(main.getByLabel("Location")).toHaveValue("Desk 2");
});

test("nothing promises a camera", async ({ as, cast }) => {
  const anybody = await as(null);
  await open(anybody, "/check");
  await expect(anybody.getByRole("main")).not.toContainText(/camera/i);
  const desk = await as(cast.provider);
  await open(desk, "/redeem");
  await expect(desk.getByRole("main")).not.toContainText(/camera/i);
});

test("an administrator revokes only after typing the word", async ({ as, cast, complaints }) => {
  const { scan } = cast.offers;
  const buyer = await as(cast.insurer);
  const purchase = await buy(buyer, scan, 1);
  await open(buyer, `/certificates?purchase=${purchase}`);
  const sheet = await buyer.getByRole("main").getByRole("row").filter({ hasText: scan.title }).getByRole("link").getAttribute("href");

  const admin = await as(cast.admin);
  const main = admin.getByRole("main");
  await open(admin, sheet ?? "");
  await main.getByRole("link", { name: "Revoke certificate…" }).click();
  await expect(admin.getByRole("heading", { level: 1, name: "Revoke this certificate?" })).toBeVisible();
  complaints.foresee(422, /\/rpc\/certificate_change/);
  await fill(admin, { reason: "The department is closed.", confirmation: "rev" });
  await main.getByRole("button", { name: "Revoke certificate" }).click();
  await expect(main.getByRole("alert")).toContainText("Type the word revoke to confirm.");
  await expect(main.locator('[name="reason"]')).toHaveValue("The department is closed.");
  await fill(admin, { confirmation: "revoke" });
  await main.getByRole("button", { name: "Revoke certificate" }).click();
  await expect(main.getByRole("article", { name: "Certificate" })).toContainText("Revoked");
});

test("the code of a link is gone from the address and the history once it is read", async ({ as, cast }) => {
  const { code } = await stage(as, cast);
  const page = await as(null);
  const verdict = page.getByRole("heading", { level: 2, name: "Valid", exact: true });
  await open(page, "/market");
  await open(page, `/check?code=${code}`);
  await expect(verdict).toBeVisible();
  await expect.poll(() => page.url()).toMatch(/\/check$/);
  // a shared tablet: whoever comes next goes back and forth, and looks at the page anew
  await page.getByRole("link", { name: "Market" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Market" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Check a certificate" })).toBeVisible();
  expect(page.url()).toMatch(/\/check$/);
  await page.reload();
  await alive(page);
  expect(page.url()).toMatch(/\/check$/);
  await expect(verdict).toHaveCount(0);
});
