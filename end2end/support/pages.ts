// Every page of the product, by who can see it. Pages of single things are found as a person would: by the first link of a list.
import type { Page } from "@playwright/test";

import { open } from "./alive";
import type { Cast } from "./cast";

export type Role = "nobody" | "provider" | "insurer" | "intermediary" | "admin";

export interface Entry {
  path: string;
  status: number;
}

const ok = (...paths: string[]): Entry[] => paths.map((path) => ({ path, status: 200 }));

/** The address behind the first link of a page that looks like this. */
async function firstLink(page: Page, list: string, pattern: RegExp): Promise<string[]> {
  await open(page, list);
  for (const link of await page.getByRole("main").getByRole("link").all()) {
    const href = await link.getAttribute("href");
    if (href && pattern.test(href)) return [href];
  }
  throw new Error(`no link like ${pattern} on ${list}`);
}

export async function pagesOf(role: Role, page: Page, cast: Cast): Promise<Entry[]> {
  const { scan } = cast.offers;
  switch (role) {
    case "nobody":
      return [
        ...ok("/", "/market", "/market?q=knee+scan", "/market?q=zzzz-nothing", `/market/${scan.id}`, "/check", "/check?code=0000-0000", "/sign-in", "/sign-up"),
        { path: "/no-such-page", status: 404 },
      ];
    case "provider":
      return ok(
        "/dashboard",
        "/services",
        "/services/new",
        `/services/${scan.id}`,
        `/services/${scan.id}/edit`,
        "/orders",
        ...(await firstLink(page, "/orders", /^\/orders\/[0-9a-f-]{36}$/).catch(() => [])),
        "/redeem",
        "/certificates",
        "/organisation",
        "/account",
      );
    case "insurer":
      return ok(
        "/dashboard",
        "/cart",
        "/checkout",
        "/purchases",
        ...(await firstLink(page, "/purchases", /^\/purchases\/[0-9a-f-]{36}$/)),
        "/certificates",
        ...(await firstLink(page, "/certificates", /^\/certificates\/[0-9a-f-]{36}$/)),
        "/organisation",
        "/account",
      );
    case "intermediary":
      return ok("/dashboard", "/market", "/cart", "/purchases", "/organisation", "/account");
    case "admin":
      return ok(
        "/console",
        "/console/organisations",
        ...(await firstLink(page, "/console/organisations", /^\/console\/organisations\/[0-9a-f-]{36}$/)),
        "/console/audit",
        "/console/security",
        "/console/permissions",
        "/console/system",
        "/account",
      );
  }
}
