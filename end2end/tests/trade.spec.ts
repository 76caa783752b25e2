// Buying: from the market to certificates, whatever happens at the payment provider.
import { pressTwice } from "../support/forms";
import { cards, gateway, sessionOf } from "../support/gateway";
import { product } from "../support/product";
import { expect, modes, open, test } from "../support/test";
import { addToCart, buy, goToPay, payWith, purchaseOf } from "../support/trade";

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("an insurer buys from two sellers in one cart and receives a certificate for each unit", async ({ as, cast }) => {
      const { scan, course } = cast.offers;
      const page = await as(cast.insurer);
      await addToCart(page, scan, 2);
      await addToCart(page, course, 3);
      // two sellers, one sum: 2 × 420.00 + 3 × 95.50
      await expect(page.getByRole("heading", { name: scan.seller })).toBeVisible();
      await expect(page.getByRole("heading", { name: course.seller })).toBeVisible();
      await expect(page.getByRole("complementary", { name: "Totals" })).toContainText(/EUR\s1,126\.50/);

      await page.getByRole("button", { name: "Go to checkout" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Review your order" })).toBeVisible();
      await expect(page.getByRole("row", { name: /Amount due/ })).toContainText(/EUR\s1,126\.50/);
      await goToPay(page);
      await payWith(page);
      await expect(page.getByRole("main")).toContainText("Your certificates are ready");

      await page.getByRole("link", { name: "View certificates" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(/Certificates/);
      await expect(page.getByRole("main").getByRole("row").filter({ hasText: scan.title })).toHaveCount(2);
      await expect(page.getByRole("main").getByRole("row").filter({ hasText: course.title })).toHaveCount(3);
      await open(page, "/cart");
      await expect(page.getByRole("main")).toContainText("Your cart is empty");
    });

    test("a line that is taken out of the cart leaves its units to no other line", async ({ as, cast }) => {
      const page = await as(cast.insurer);
      const main = page.getByRole("main");
      await addToCart(page, cast.offers.scan, 1);
      await addToCart(page, cast.offers.course, 1);
      const { scan, course } = cast.offers;
      const scanFirst = (await main.locator("tbody th").first().innerText()).includes(scan.title);
      const gone = scanFirst ? scan : course;
      const stays = scanFirst ? course : scan;

      const units = page.getByLabel(`Units of ${gone.title}`);
      await units.fill("5");
      await page.getByRole("button", { name: `Update units of ${gone.title}` }).click();
      await expect(main.getByRole("row").filter({ hasText: gone.title })).toContainText(scanFirst ? "2,100.00" : "477.50");
      await expect(units).toHaveValue("5");
      // typed, and not sent
      await units.fill("7");
      await page.getByRole("button", { name: `Remove ${gone.title}` }).click();
      await expect(page.getByRole("link", { name: gone.title })).toHaveCount(0);
      await expect(page.getByLabel(`Units of ${stays.title}`)).toHaveValue("1");
      await page.getByRole("button", { name: `Update units of ${stays.title}` }).click();
      await expect(main.getByRole("row").filter({ hasText: stays.title })).toContainText(stays.price.replace("EUR ", ""));
      await expect(page.getByLabel(`Units of ${stays.title}`)).toHaveValue("1");
      await expect(page.getByRole("complementary", { name: "Totals" })).toContainText("No tax is added.");

      if (javaScriptEnabled) {
        await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
        await expect(main.getByRole("row").filter({ hasText: gone.title })).toBeVisible();
        await expect(page.getByLabel(`Units of ${gone.title}`)).toHaveValue("5");
        await page.getByRole("button", { name: `Remove ${gone.title}` }).click();
        await expect(page.getByRole("link", { name: gone.title })).toHaveCount(0);
      }

      // asks first
      await main.getByText("Clear cart", { exact: true }).first().click();
      await page.getByRole("button", { name: "Clear cart" }).last().click();
      await expect(main).toContainText("Your cart is empty");
    });

    test("the certificates of one purchase say so, and searching stays among them", async ({ as, cast }) => {
      const page = await as(cast.insurer);
      const main = page.getByRole("main");
      const purchase = await buy(page, cast.offers.scan, 1);
      await buy(page, cast.offers.scan, 1);
      await open(page, `/certificates?purchase=${purchase}`);
      await expect(main).toContainText(/Purchase P-\d{4}-/);
      await main.getByRole("searchbox").fill(cast.offers.scan.title);
      await main.getByRole("button", { name: "Search" }).click();
      await expect(page).toHaveURL(new RegExp(`purchase=${purchase}`));
      await expect(main.getByRole("row").filter({ hasText: cast.offers.scan.title })).toHaveCount(1);
      await main.getByRole("link", { name: /^Remove Purchase/ }).click();
      await expect(main.getByText(/^Purchase P-/)).toHaveCount(0);
      await expect(main.getByRole("row").filter({ hasText: cast.offers.scan.title }).nth(1)).toBeVisible();
    });
  });
}

test("purchases are exported as a file", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await buy(page, cast.offers.course, 1);
  await open(page, "/purchases?status=fulfilled");
  const arrives = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  expect((await arrives).suggestedFilename()).toMatch(/^purchases-\d{4}-\d{2}-\d{2}\.csv$/);
});

test("an addition whose answer is lost is repeated, and added once", async ({ as, cast, complaints }) => {
  const { course } = cast.offers;
  complaints.foreseeNoNetwork();
  const page = await as(cast.otherInsurer);
  await open(page, `/market/${course.id}`);
  await page.getByLabel("Units", { exact: true }).fill("3");
  let carriedOut = 0;
  await page.route(
    "**/rpc/cart_add",
    async (route) => {
      carriedOut = (await route.fetch()).status();
      await route.abort("internetdisconnected");
    },
    { times: 1 },
  );
  const add = page.getByRole("button", { name: "Add to cart" });
  await add.click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("You are offline");
  expect(carriedOut).toBe(200);
  await add.click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByLabel(`Units of ${course.title}`)).toHaveValue("3");
});

test("units that were typed and not saved are not lost on the way to checkout, and an order for another cart buys nothing", async ({ as, cast, complaints }) => {
  const page = await as(cast.otherInsurer);
  const { scan } = cast.offers;
  await addToCart(page, scan, 2);
  const units = page.getByLabel(`Units of ${scan.title}`);
  await units.fill("3");
  await page.getByRole("button", { name: "Go to checkout" }).click();
  await expect(page).toHaveURL(/\/checkout$/);
  await expect(page.getByRole("main")).toContainText(/EUR\s1,260\.00/);

  const other = await page.context().newPage();
  await addToCart(other, scan, 1);
  complaints.foresee(409, /\/rpc\/purchase_initiate/);
  await page.getByRole("button", { name: /^Buy and pay/ }).click();
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Buy and pay/ })).toHaveCount(0);
  await page.getByRole("link", { name: "Review your cart" }).click();
  await expect(units).toHaveValue("4");
  await page.getByRole("button", { name: `Remove ${scan.title}` }).click();
  await expect(page.getByText("Your cart is empty").first()).toBeVisible();
});

test("after an act in the cart the focus stays at its line", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await addToCart(page, cast.offers.scan, 1);
  const units = page.getByLabel(`Units of ${cast.offers.scan.title}`);
  await units.fill("2");
  await units.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Cart updated." })).toBeVisible();
  await expect(units).toBeFocused();
  await page.getByRole("button", { name: `Remove ${cast.offers.scan.title}` }).click();
  await expect(page.getByRole("main")).toContainText("Your cart is empty");
  await expect(page.getByRole("heading", { level: 1, name: "Cart" })).toBeFocused();
});

test("a declined card costs nothing and another card pays", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await addToCart(page, cast.offers.scan, 1);
  await goToPay(page);
  await payWith(page, cards.declines);
  const main = page.getByRole("main");
  await expect(main).toContainText("The bank declined the card.");
  await expect(main).toContainText("You were not charged.");

  await main.getByRole("button", { name: /^Pay .* again$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Pay EUR/ })).toBeVisible();
  await payWith(page);
  await expect(main).toContainText("Your certificates are ready");
  await open(page, `/purchases/${purchaseOf(page)}`);
  await expect(main).toContainText("Paid, certificates issued");
  await expect(main).toContainText(/Attempts\s*2/);
});

test("a tab closed at the payment provider loses nothing: the webhook comes late", async ({ as, cast }) => {
  const { scan } = cast.offers;
  const tab = await as(cast.insurer);
  await addToCart(tab, scan, 1);
  const session = sessionOf(await goToPay(tab));
  await tab.close();

  // the payer pays, the browser never returns, the provider tells nobody for now
  const { payment } = await gateway.pay(session, cards.approves, { mode: "never" });
  expect(payment.status).toBe("captured");
  const [event] = (await gateway.events(payment.id)).filter((one) => one.type === "payment.captured");
  if (!event) throw new Error("the provider has no event");
  await gateway.redeliver(event.id);
  await expect.poll(async () => (await gateway.events(payment.id)).flatMap((one) => one.attempts.map((attempt) => attempt.status))).toContain(204);

  const page = await as(cast.insurer);
  await open(page, "/purchases");
  const newest = page.getByRole("main").getByRole("row").nth(1);
  await expect(newest).toContainText("Paid, certificates issued");
  await newest.getByRole("link").first().click();
  await page.getByRole("main").getByRole("link", { name: "Certificates" }).click();
  await expect(page.getByRole("main").getByRole("row").filter({ hasText: scan.title })).toHaveCount(1);
});

test("a webhook that comes twice pays once", async ({ as, cast }) => {
  const { course } = cast.offers;
  const page = await as(cast.insurer);
  await addToCart(page, course, 2);
  const session = sessionOf(await goToPay(page));
  await payWith(page, cards.approves, "twice");
  const { payment_id } = await gateway.session(session);
  const answers = async () =>
    (await gateway.events(payment_id)).filter((one) => one.type === "payment.captured").flatMap((one) => one.attempts.map((attempt) => attempt.status));
  await expect.poll(answers).toEqual([204, 204]);

  await open(page, `/certificates?purchase=${purchaseOf(page)}`);
  await expect(page.getByRole("main").getByRole("row").filter({ hasText: course.title })).toHaveCount(2);
});

test("a repeated click buys once, and so does the same form sent once more", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await addToCart(page, cast.offers.scan, 1);
  await open(page, "/checkout");
  const sent = await pressTwice(page, /^Buy and pay/, "purchase_initiate");
  await expect(page.getByRole("heading", { level: 1, name: /^Pay EUR/ })).toBeVisible();
  expect(sent).toHaveLength(1);

  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json", origin: product.url, "sec-fetch-site": "same-origin" };
  const again = await page.request.post(`${product.url}/rpc/purchase_initiate`, { data: sent[0] ?? "", headers, maxRedirects: 0 });
  expect(again.ok(), await again.text()).toBe(true);
  await open(page, "/purchases?status=awaiting_payment");
  await expect(page.getByRole("main").getByRole("row")).toHaveCount(2); // head and one purchase
});

test("a purchase of another organisation does not exist", async ({ as, cast, complaints }) => {
  const page = await as(cast.insurer);
  const purchase = await buy(page, cast.offers.scan, 1);
  const stranger = await as(cast.otherInsurer);
  complaints.foresee(404, /\/purchases\//);
  for (const path of [`/purchases/${purchase}`, `/purchases/${purchase}/result`]) {
    const answer = await stranger.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(stranger.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
  }
});
