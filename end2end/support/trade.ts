// The steps of a purchase, as a buyer takes them.
import { expect, type Page } from "@playwright/test";

import { alive, hasScripts, open } from "./alive";
import type { Offer } from "./cast";
import { cards } from "./gateway";

/** Puts units of a service into the cart, from its page on the market. */
export async function addToCart(page: Page, offer: Offer, quantity: number): Promise<void> {
  await open(page, `/market/${offer.id}`);
  await page.getByLabel("Units", { exact: true }).fill(String(quantity));
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByRole("link", { name: offer.title })).toBeVisible();
}

/** From the cart to the payment provider's page; answers the address of that page. */
export async function goToPay(page: Page): Promise<string> {
  await open(page, "/checkout");
  await page.getByRole("button", { name: /^Buy and pay/ }).click();
  // a form without JavaScript stays in the house; its answer has a link
  const onward = page.getByRole("link", { name: "Continue to the payment page" });
  const payment = page.getByRole("heading", { level: 1, name: /^Pay EUR/ });
  await expect(onward.or(payment)).toBeVisible();
  if (await onward.isVisible()) await onward.click();
  await expect(payment).toBeVisible();
  return page.url();
}

/** Types a card into the payment page and pays. */
export async function payWith(page: Page, card: string = cards.approves, delivery?: "twice" | "never"): Promise<void> {
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expiry").fill("12/39");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Name on card").fill("Robin Sommer");
  if (delivery) {
    await page.getByText("Webhook delivery (test setting)").click();
    await page.getByLabel(delivery === "twice" ? "Twice" : "Never").check();
  }
  await page.getByRole("button", { name: /^Pay EUR/ }).click();
  await expect(page).toHaveURL(/\/purchases\/[0-9a-f-]{36}\/result/);
  await alive(page);
  if (hasScripts(page)) return;
  // nobody asks by itself here: a button does, unless the provider has told by now
  await page.waitForLoadState();
  const ask = page.getByRole("button", { name: "Refresh payment status" });
  if (await ask.isVisible()) await ask.click();
}

/** The purchase in the address of its result page. */
export function purchaseOf(page: Page): string {
  const id = /\/purchases\/([0-9a-f-]{36})/.exec(page.url())?.[1];
  if (!id) throw new Error(`not a purchase: ${page.url()}`);
  return id;
}

/** Buys one service with a card that is approved; answers the purchase. */
export async function buy(page: Page, offer: Offer, quantity: number): Promise<string> {
  await addToCart(page, offer, quantity);
  await goToPay(page);
  await payWith(page);
  await expect(page.getByRole("status").or(page.getByRole("main")).getByText("Paid", { exact: true }).first()).toBeVisible();
  return purchaseOf(page);
}
