// Every page of the product, by who can see it. Pages of single things are found as a person would: by the first link of a list.
import { expect, type Page } from "@playwright/test";

import { open } from "./alive";
import { unique, type Cast } from "./cast";
import { fill } from "./forms";
import type { Scene } from "./scene";
import { addToCart } from "./trade";

export type Role = "nobody" | "provider" | "insurer" | "intermediary" | "admin";

export interface Entry {
  path: string;
  status: number;
  /** A page outside of the application: it runs no scripts of ours. */
  plain?: true;
  /** What makes the page worth a look. */
  before?: () => Promise<void>;
  /** What changes the page in place; it is looked at once more. */
  after?: () => Promise<void>;
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
        ...ok("/check", "/check?code=0000-0000", `/check?code=${scene.code}`, `/invitations/${scene.invitation}`, "/sign-in", "/sign-up"),
        { path: "/no-such-page", status: 404 },
        { path: "/api", status: 200, plain: true },
        { path: "/no-such-file.txt", status: 404, plain: true },
      ];
    case "provider":
      return [
        ...ok("/services/bulk", `/services/bulk?act=retire&id=${scan.id}`),
        ...ok("/dashboard", "/services", "/services/new", `/services/${scan.id}`, `/services/${scan.id}/edit`, "/orders"),
        ...ok(await firstLink(page, "/orders", /^\/orders\/[0-9a-f-]{36}$/)),
        ...ok("/certificates", await firstLink(page, "/certificates", /^\/certificates\/[0-9a-f-]{36}$/)),
        ...ok("/organisation", "/account", "/redeem", "/views", "/views/new?list=services&query=status%3Dpaused"),
        { path: "/views", status: 200, before: () => saveView(page) },
        { path: `/redeem?code=${scene.code}`, status: 200, after: () => redeem(page) },
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
      return ok("/dashboard", "/market", "/cart", "/purchases", "/organisation", "/account");
    case "admin":
      return ok(
        "/console",
        "/console/organisations",
        await firstLink(page, "/console/organisations", /^\/console\/organisations\/[0-9a-f-]{36}$/),
        "/console/audit",
        "/console/security",
        "/console/permissions",
        "/console/system",
        "/services",
        `/services/${scan.id}`,
        "/orders",
        await firstLink(page, "/orders", /^\/orders\/[0-9a-f-]{36}$/),
        "/purchases",
        "/certificates",
        "/account",
        "/views",
        "/views/new?list=audit&query=",
      );
  }
}

/** Saves a view for the organisation, and looks at the list it shows. */
async function saveView(page: Page): Promise<void> {
  await open(page, "/views/new?list=services&query=status%3Dpaused");
  await fill(page, { name: `Paused ${unique()}`, shared: "true" });
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page).toHaveURL(/\/services\?status=paused$/);
}

/** The last step at the provider's desk. */
async function redeem(page: Page): Promise<void> {
  await fill(page, { place: "Desk 3" });
  await page.getByRole("main").getByRole("button", { name: "Redeem now" }).click();
  await expect(page.getByRole("main").getByRole("heading", { level: 2, name: "Redeemed", exact: true })).toBeVisible();
}
