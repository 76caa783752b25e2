// A sale that is undone after a unit was redeemed.
import { expect, type Page } from "@playwright/test";

import { open } from "./alive";
import type { Cast, Member } from "./cast";
import { fill } from "./forms";
import { gateway, sessionOf } from "./gateway";
import { addToCart, goToPay, payWith, purchaseOf } from "./trade";

/** Buys two units, redeems one, and sends the whole price back at the provider; answers the purchase once the console knows. */
export async function undoSale(as: (member: Member) => Promise<Page>, cast: Cast): Promise<string> {
  const { scan } = cast.offers;
  const buyer = await as(cast.insurer);
  await addToCart(buyer, scan, 2);
  const { payment_id } = await gateway.session(sessionOf(await goToPay(buyer)));
  await payWith(buyer);
  const purchase = purchaseOf(buyer);
  const desk = await as(cast.provider);
  await open(desk, `/certificates?purchase=${purchase}`);
  await desk.getByRole("main").getByRole("row").filter({ hasText: scan.title }).getByRole("link").first().click();
  await desk.getByRole("main").getByRole("link", { name: "Redeem" }).click();
  await fill(desk, { place: "Desk 2" });
  await desk.getByRole("main").getByRole("button", { name: "Redeem now" }).click();
  await expect(desk.getByRole("heading", { level: 2, name: "Redeemed", exact: true })).toBeVisible();
  await gateway.refund(payment_id, 84_000);
  const console = await as(cast.admin);
  await expect(async () => {
    await open(console, `/purchases/${purchase}`);
    await expect(console.getByRole("heading", { name: "Sale undone after redemption" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  return purchase;
}
