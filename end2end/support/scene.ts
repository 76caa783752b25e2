// What a sale and an invitation leave behind for others to look at.
import type { Page } from "@playwright/test";

import { open } from "./alive";
import { unique, type Cast, type Member } from "./cast";
import { fill } from "./forms";
import { buy } from "./trade";

export interface Scene {
  purchase: string;
  /** Of a certificate that can be redeemed. */
  code: string;
  /** Token of an invitation that is open. */
  invitation: string;
}

/** An insurer buys one scan, and its provider invites somebody new. */
export async function stage(as: (member: Member) => Promise<Page>, cast: Cast): Promise<Scene> {
  const buyer = await as(cast.insurer);
  const purchase = await buy(buyer, cast.offers.scan, 1);
  await open(buyer, `/certificates?purchase=${purchase}`);
  await buyer.getByRole("main").getByRole("row").filter({ hasText: cast.offers.scan.title }).getByRole("link").first().click();
  const code = await buyer.locator(".certificate-number").innerText();
  const link = await invite(await as(cast.provider), `guest.${unique()}@example.org`);
  return { purchase, code, invitation: link.slice(link.lastIndexOf("/") + 1) };
}

/** Invites somebody into the organisation of the page's member; answers the link. */
export async function invite(page: Page, email: string): Promise<string> {
  await open(page, "/organisation");
  const form = page.locator("form").filter({ has: page.getByRole("button", { name: "Create invitation link" }) });
  await fill(form, { email, level: "staff" });
  await form.getByRole("button", { name: "Create invitation link" }).click();
  return page.locator(".break-all").first().innerText();
}
