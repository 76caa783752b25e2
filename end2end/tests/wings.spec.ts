// Wings: parts of the browser half that are fetched when one of their pages is opened first.
import type { Page } from "@playwright/test";

import { PASSWORD } from "../support/cast";
import { alive, expect, open, test } from "../support/test";

/** Records which wings the page asks for from now on. */
function recordWings(page: Page): Set<string> {
  const asked = new Set<string>();
  page.on("request", (request) => {
    const wing = /\/(provider|trade|clinic|identity|console)-[0-9a-f]{16}\.wasm$/.exec(request.url());
    if (wing?.[1]) asked.add(wing[1]);
  });
  return asked;
}

/** The service worker's requests pass by the test: for those of the page alone there must be none. */
const withoutServiceWorker = (page: Page) =>
  page.addInitScript(() => Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined }));

/** A mark that lasts as long as the document: a page that was loaded whole has lost it. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute("data-test-mark", ""));
const marked = (page: Page) => page.locator("html[data-test-mark]");

test("a public page fetches no wing, a page of a wing fetches its own, once", async ({ page }) => {
  const wings = recordWings(page);
  for (const path of ["/", "/market", "/check"]) await open(page, path);
  expect([...wings]).toEqual([]);
  await open(page, "/sign-in");
  expect([...wings]).toEqual(["identity"]);
});

test("a link into a wing keeps the document, and the next page of the wing needs no request", async ({ as, cast }) => {
  const page = await as(cast.admin);
  const wings = recordWings(page);
  await open(page, "/console");
  await mark(page);
  const nav = page.getByRole("navigation", { name: "Main" });
  await nav.getByRole("link", { name: "Audit trail" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Audit trail" })).toBeVisible();
  expect([...wings]).toEqual(["console"]);
  wings.clear();
  await nav.getByRole("link", { name: "Permissions" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Permissions" })).toBeVisible();
  expect([...wings]).toEqual([]);
  await expect(marked(page)).toBeAttached();
});

test("a wing that a newer release has replaced leads to the page as the server has it", async ({ page, complaints }) => {
  complaints.foresee(404, /\/identity-/);
  await withoutServiceWorker(page);
  // the page that is loaded whole names the files of the newer release, which are there
  let isLoadedWhole = false;
  page.on("request", (request) => (isLoadedWhole ||= request.isNavigationRequest() && request.url().endsWith("/sign-in")));
  await page.route(/\/identity-[0-9a-f]+\.wasm$/, (route) => (isLoadedWhole ? route.continue() : route.fulfill({ status: 404, body: "gone" })));
  await open(page, "/");
  await mark(page);
  await page.getByRole("banner").getByRole("link", { name: "Sign in" }).click();
  await expect(page.locator("#f-password")).toBeVisible();
  await expect(marked(page)).toHaveCount(0);
  await alive(page);
});

test("without its wing a page from the server works by its forms alone", async ({ page, cast, complaints }) => {
  complaints.foresee(404, /\/identity-/);
  const missing = page.waitForResponse(/\/identity-[0-9a-f]+\.wasm$/);
  await page.route(/\/identity-[0-9a-f]+\.wasm$/, (route) => route.fulfill({ status: 404, body: "gone" }));
  await page.goto("/sign-in");
  await missing;
  await page.locator("#f-email").fill(cast.insurer.email);
  await page.locator("#f-password").fill(PASSWORD);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();
});

test("a page whose wing cannot be fetched without a network says so, and comes with the network", async ({ page, context, complaints }) => {
  complaints.foreseeNoNetwork();
  await open(page, "/");
  await context.setOffline(true);
  await page.getByRole("banner").getByRole("link", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "You are offline" })).toBeVisible();
  await context.setOffline(false);
  await expect(page.locator("#f-password")).toBeVisible();
});
