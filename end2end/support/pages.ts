// Every page of the product, by who can see it. Pages of single things are found as a person would: by the first link of a list.
import { expect, type Page } from "@playwright/test";

import { alive, open } from "./alive";
import { newcomer, unique, type Cast } from "./cast";
import { fill } from "./forms";
import type { Scene } from "./scene";
import { shelve } from "./shelf";
import { addToCart, goToPay, payWith, purchaseOf } from "./trade";

export const ROLES = ["nobody", "provider", "insurer", "intermediary", "admin"] as const;
export type Role = (typeof ROLES)[number];

export interface Entry {
  path: string;
  status: number;
  /** A page outside of the application: it runs no scripts of ours. */
  plain?: true;
  /** What makes the page worth a look. */
  before?: () => Promise<void>;
  /** What changes the page in place; it is looked at once more. */
  after?: () => Promise<void>;
  /** The server function that refuses what `after` sends. */
  refused?: string;
}

const ok = (...paths: string[]): Entry[] => paths.map((path) => ({ path, status: 200 }));

/** The address behind the first link of a page that looks like this. */
async function firstLink(page: Page, list: string, pattern: RegExp): Promise<string> {
  await open(page, list);
  for (const link of await page.getByRole("main").getByRole("link").all()) {
    const href = await link.getAttribute("href");
    if (href && pattern.test(href)) return href;
  }
  throw new Error(`no link like ${pattern} on ${list}`);
}

export async function pagesOf(role: Role, page: Page, cast: Cast, scene: Scene): Promise<Entry[]> {
  const { scan } = cast.offers;
  switch (role) {
    case "nobody":
      return [
        ...ok("/", "/market", "/market?q=knee+scan", "/market?q=zzzz-nothing", `/market/${scan.id}`),
        ...ok("/check", "/check?code=0000-0000", `/check?code=${scene.code}`, `/invitations/${scene.invitation}`, "/sign-in"),
        { path: "/sign-up", status: 200, after: () => signUpWrongly(page) },
        ...ok("/market?price_min=100", "/offline-shell"),
        { path: "/market?category=magic", status: 422 },
        { path: "/no-such-page", status: 404 },
        { path: "/api", status: 200, plain: true },
        { path: "/no-such-file.txt", status: 404, plain: true },
      ];
    case "provider":
      return [
        ...ok("/services/bulk", `/services/bulk?act=retire&id=${scan.id}`, await bulkRun(page)),
        ...ok("/dashboard", "/services", "/services/new", `/services/${scan.id}`, "/orders"),
        { path: `/services/${scan.id}/edit`, status: 200, refused: "service_edit", after: () => priceWrongly(page) },
        ...ok(await firstLink(page, "/orders", /^\/orders\/[0-9a-f-]{36}$/)),
        ...ok("/certificates", await firstLink(page, "/certificates", /^\/certificates\/[0-9a-f-]{36}$/)),
        ...ok("/organisation", "/account", "/redeem", "/views", "/views/new?list=services&query=status%3Dpaused"),
        { path: "/views", status: 200, before: () => saveView(page) },
        { path: "/redeem", status: 200, after: () => redeem(page, scene.code) },
      ];
    case "insurer":
      return [
        ...ok("/dashboard", "/cart", "/checkout", "/purchases"),
        ...ok(`/purchases/${scene.purchase}`, `/purchases/${scene.purchase}/result`),
        ...ok("/certificates", await firstLink(page, "/certificates", /^\/certificates\/[0-9a-f-]{36}$/)),
        ...ok("/organisation", "/account", "/search", "/search?q=knee", "/search?q=zzzz-nothing"),
        { path: "/cart", status: 200, before: () => addToCart(page, scan, 2) },
        ...ok("/checkout"),
        { path: "/console/system", status: 403 },
      ];
    case "intermediary":
      return [
        ...ok("/dashboard", "/market", "/purchases", "/organisation", "/account"),
        ...ok(`/purchases/${await buyFor(page, cast)}`),
        { path: "/cart", status: 200, before: () => addToCart(page, cast.offers.course, 1) },
        ...ok("/certificates", await firstLink(page, "/certificates", /^\/certificates\/[0-9a-f-]{36}$/)),
        { path: "/console/system", status: 403 },
      ];
    case "admin": {
      const waiting = `/console/organisations?q=${encodeURIComponent(cast.unverified.organisation)}`;
      const organisation = await firstLink(page, waiting, /^\/console\/organisations\/[0-9a-f-]{36}$/);
      const certificate = await firstLink(page, "/certificates", /^\/certificates\/[0-9a-f-]{36}$/);
      return [
        ...ok("/console", "/console/organisations"),
        { path: organisation, status: 200, refused: "organisation_reject", after: () => rejectWithoutReason(page) },
        ...ok("/console/audit", "/console/security", "/console/permissions", "/console/system"),
        ...ok("/console/permissions/review?role=intermediary", "/console/permissions/review?role=king"),
        ...ok("/services", `/services/${scan.id}`),
        ...ok("/orders", await firstLink(page, "/orders", /^\/orders\/[0-9a-f-]{36}$/), "/purchases"),
        ...ok("/certificates", certificate, `${certificate}/revoke`),
        ...ok("/account", "/views", "/views/new?list=audit&query="),
      ];
    }
  }
}

/** A refused form says above itself what must be corrected. */
async function expectRefusal(page: Page): Promise<void> {
  await expect(page.getByRole("main").getByRole("alert").first()).toBeVisible();
}

async function signUpWrongly(page: Page): Promise<void> {
  await fill(page, { ...newcomer("insurer", "Hasty Mutual"), email: "robin@localhost", legal_name: "x" });
  await page.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await expectRefusal(page);
  await alive(page);
}

async function priceWrongly(page: Page): Promise<void> {
  await fill(page, { base_price: "ten" });
  await page.getByRole("main").getByRole("button", { name: /^Save/ }).first().click();
  await expectRefusal(page);
}

async function rejectWithoutReason(page: Page): Promise<void> {
  await fill(page, { reason: "No." });
  await page.getByRole("button", { name: "Reject" }).click();
  await expectRefusal(page);
}

/** Pauses one service by the page for several; answers where the result stands. */
async function bulkRun(page: Page): Promise<string> {
  const title = `Ward ${unique()}`;
  await shelve(page, title, true);
  const service = await firstLink(page, `/services?q=${encodeURIComponent(title)}`, /^\/services\/[0-9a-f-]{36}$/);
  await open(page, `/services/bulk?act=pause&id=${service.slice(-36)}`);
  await page.getByRole("button", { name: "Pause 1 service" }).click();
  await expect(page).toHaveURL(/\/services\/bulk\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname;
}

/** An intermediary buys for a client; answers the purchase. */
async function buyFor(page: Page, cast: Cast): Promise<string> {
  await addToCart(page, cast.offers.scan, 1);
  await fill(page, { on_behalf_of: "Harbour Mutual" });
  await page.getByRole("button", { name: "Save client" }).click();
  await expect(page.getByRole("button", { name: "Go to checkout" })).toBeVisible();
  await goToPay(page);
  await payWith(page);
  await expect(page.getByRole("main")).toContainText("Your certificates are ready");
  return purchaseOf(page);
}

/** Saves a view for the organisation, and looks at the list it shows. */
async function saveView(page: Page): Promise<void> {
  await open(page, "/views/new?list=services&query=status%3Dpaused");
  await fill(page, { name: `Paused ${unique()}`, shared: "true" });
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page).toHaveURL(/\/services\?status=paused&view_saved=true$/);
}

/** The last step at the provider's desk. */
async function redeem(page: Page, code: string): Promise<void> {
  await fill(page, { code });
  await page.getByRole("main").getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("main")).toContainText("Is this the right service?");
  await fill(page, { place: "Desk 3" });
  await page.getByRole("main").getByRole("button", { name: "Redeem now" }).click();
  await expect(page.getByRole("main").getByRole("heading", { level: 2, name: "Redeemed", exact: true })).toBeVisible();
}
