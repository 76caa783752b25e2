// What stands around every page: menus, announcements, the end of a session, the network, the theme.
import type { Page } from "@playwright/test";

import { PASSWORD, unique } from "../support/cast";
import { fill, pressTwice } from "../support/forms";
import { invite } from "../support/scene";
import { expect, open, test } from "../support/test";

const warningOf = (page: Page) => page.getByRole("dialog", { name: "You'll be signed out in 2 minutes" });

test("the window's title speaks of errors while there are any, and not on the next page", async ({ as, cast, complaints }) => {
  for (const status of [401, 422, 429]) complaints.foresee(status, /\/rpc\/password_change/);
  const page = await as(cast.otherInsurer);
  await open(page, "/account");
  const change = page.getByRole("button", { name: "Change password" });
  for (const guess of ["quarry-saddle-lantern-one", "quarry-saddle-lantern-two"]) {
    await page.locator("#f-current_password").fill(guess);
    await page.locator("#f-new_password").fill("harbour-velvet-ninety-cloud");
    const answered = page.waitForResponse(/\/rpc\/password_change/);
    await change.click();
    await answered;
    await expect(page).toHaveTitle("Error: Your account · HCTS");
  }
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Purchases" }).click();
  await expect(page).toHaveURL(/\/purchases$/);
  await expect(page).not.toHaveTitle(/Error/);
});

test("a session that ends from silence warns before, stays when asked, and else leads to the sign-in page", async ({ as, cast }) => {
  const page = await as(cast.otherInsurer);
  await page.clock.install();
  await open(page, "/dashboard");
  await page.clock.fastForward("11:30");
  await expect(warningOf(page)).toHaveCount(0);
  await page.clock.fastForward("00:40");
  await expect(warningOf(page)).toBeVisible();

  const kept = page.waitForResponse((answer) => answer.url().endsWith("/rpc/account_get") && answer.ok());
  await warningOf(page).getByRole("button", { name: "Stay signed in" }).click();
  await kept;
  await expect(warningOf(page)).toBeHidden();

  await page.clock.fastForward("12:10");
  await expect(warningOf(page)).toBeVisible();
  await page.clock.fastForward("02:10");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fdashboard$/);
});

test("the account is one step away, and the menu closes behind it", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, "/dashboard");
  await page.getByRole("button", { name: /^Account of/ }).click();
  const menu = page.locator("#person-menu");
  await expect(menu).toBeVisible();
  await menu.getByRole("link", { name: "Your account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeFocused();
  await expect(menu).toBeHidden();
});

test("a list that is filtered or sorted says what it holds, and loses no focus", async ({ page }) => {
  await open(page, "/market");
  const count = await page.locator("#results").innerText();
  const sort = page.getByRole("navigation", { name: "Sort" }).getByRole("link").last();
  await sort.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/[?&]sort=/);
  await expect(page.getByRole("status").filter({ hasText: count })).toBeAttached();
  await expect(page.locator(":focus")).toHaveCount(1);
});

test("without a network every page says so until it is back", async ({ as, cast, complaints }) => {
  complaints.foreseeNoNetwork();
  const page = await as(cast.provider);
  await open(page, "/dashboard");
  const banner = page.getByText(/^You are offline. This page may be out of date. Last updated: \d+ \w+ \d{4}, \d\d:\d\d [A-Z]+$/);
  await expect(banner).toHaveCount(0);
  await page.context().setOffline(true);
  await expect(banner).toBeVisible();
  await page.context().setOffline(false);
  await expect(banner).toHaveCount(0);
});

test("the browser's own frame follows the chosen theme, before and after a load", async ({ page }) => {
  const colours = () => page.locator('meta[name="theme-color"]').evaluateAll((all) => all.map((one) => one.getAttribute("content")));
  await open(page, "/check");
  expect(await colours()).toEqual(["#F6F8F8", "#0E1716"]);
  const saved = page.waitForResponse(/\/rpc\/theme_set/);
  await page.getByRole("button", { name: "Dark" }).click();
  await expect.poll(colours).toEqual(["#0E1716", "#0E1716"]);
  await saved;
  const served = await (await page.request.get("/check")).text();
  expect(served).not.toContain('content="#F6F8F8"');
});

test("an application that can be installed is offered once", async ({ as, cast }) => {
  const page = await as(cast.insurer);
  await open(page, "/dashboard");
  const entry = page.getByRole("button", { name: "Install this app" });
  await page.evaluate(() => {
    const question = Object.assign(new Event("beforeinstallprompt"), { prompt: () => document.body.setAttribute("data-asked", "") });
    window.dispatchEvent(question);
  });
  await page.getByRole("button", { name: /^Account of/ }).click();
  await entry.click();
  await expect(page.locator("body[data-asked]")).toBeAttached();
  await expect(entry).toHaveCount(0);
});

test("an offer to install that comes before the page is alive is not lost", async ({ as, cast }) => {
  for (const [member, path] of [
    [null, "/"],
    [cast.insurer, "/dashboard"],
  ] as const) {
    const page = await as(member);
    await page.addInitScript(() =>
      document.addEventListener("DOMContentLoaded", () => {
        const offer = new Event("beforeinstallprompt", { cancelable: true });
        window.dispatchEvent(Object.assign(offer, { prompt: () => document.body.setAttribute("data-asked", String(offer.defaultPrevented)) }));
      }),
    );
    await open(page, path);
    if (member) await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("button", { name: "Install this app" }).click();
    await expect(page.locator('body[data-asked="true"]')).toBeAttached();
  }
});

test("what could not be shown or sent without a network is forgotten when it is back", async ({ as, cast, complaints }) => {
  complaints.foreseeNoNetwork();
  const page = await as(cast.insurer);
  await open(page, "/account");
  await page.context().setOffline(true);
  await page.locator("#f-name").fill("Robin Winter");
  await page.getByRole("button", { name: "Save name" }).click();
  const refusal = page.getByRole("main").getByRole("alert");
  await expect(refusal).toBeVisible();
  await page.context().setOffline(false);
  await expect(refusal).toBeHidden();
  await expect(page.locator("#f-name")).toHaveValue("Robin Winter");

  await page.context().setOffline(true);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Purchases" }).click();
  await expect(page.getByRole("main").getByRole("heading", { name: "You are offline" })).toBeVisible();
  // said once: the page says it, and so the banner does not
  await expect(page.locator(".offline")).toBeHidden();
  await page.context().setOffline(false);
  await expect(page.getByRole("main").getByRole("table").or(page.getByText("No purchases"))).toBeVisible();
});

test("a form on its way says so and is not sent twice", async ({ page, cast }) => {
  await open(page, "/sign-in");
  await page.getByLabel("E-mail address").fill(cast.insurer.email);
  await page.locator("#f-password").fill(cast.insurer.password);
  const sent = await pressTwice(page, /^Sign in/, "sign_in");
  await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();
  expect(sent).toHaveLength(1);
});

test("an invitation that is on its way is not accepted twice", async ({ as, cast }) => {
  const link = await invite(await as(cast.otherProvider), `eve.${unique()}@example.org`);
  const page = await as(null);
  await open(page, new URL(link).pathname);
  await fill(page, { name: "Eve Stone", password: PASSWORD });
  const sent = await pressTwice(page, /^Accept and continue/, "invitation_accept");
  await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();
  expect(sent).toHaveLength(1);
});

test("the ring of a field stands apart from it", async ({ page }) => {
  await open(page, "/sign-up");
  await page.locator("#f-email").focus();
  const ring = () =>
    page.locator("#f-email").evaluate((field) => {
      const { outlineWidth, outlineOffset, outlineStyle } = getComputedStyle(field);
      return [outlineWidth, outlineOffset, outlineStyle];
    });
  // it grows within a moment
  await expect.poll(ring).toEqual(["2px", "2px", "solid"]);
});

test("on a low screen nothing sticks over the page", async ({ as, cast }) => {
  const page = await as(cast.insurer, { viewport: { width: 320, height: 256 } });
  await open(page, "/dashboard");
  for (const part of [".bar", ".rail"]) {
    await expect(page.locator(part)).toHaveCSS("position", "static");
  }
});

test("the head of a table stays while its rows are read", async ({ as, cast }) => {
  const page = await as(cast.admin, { viewport: { width: 1280, height: 900 } });
  await open(page, "/console/permissions");
  await expect(page.locator(".table thead th").first()).toHaveCSS("position", "sticky");
});

test("paper carries no buttons", async ({ page }) => {
  await open(page, "/market");
  await page.emulateMedia({ media: "print" });
  for (const part of [".bar", ".btn", ".search", ".facets"]) {
    await expect(page.locator(`${part}:visible`), part).toHaveCount(0);
  }
});

test.describe("with fingers", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test("what is pressed alone is 44 px tall", async ({ page }) => {
    await open(page, "/market?category=imaging");
    await expect(page.getByRole("link", { name: "Clear filters" })).toBeVisible();
    for (const part of [".market-sort a", ".foot nav a", ".chips + a", ".market-row-title a"]) {
      for (const link of await page.locator(`${part}:visible`).all()) {
        const box = await link.boundingBox();
        expect(box?.height ?? 0, `${part} ${await link.innerText()}`).toBeGreaterThanOrEqual(44);
      }
    }
  });
});

test("on a phone the rest of a long rail unfolds", async ({ as, cast }) => {
  const page = await as(cast.admin, { viewport: { width: 390, height: 844 } });
  await open(page, "/console");
  const rail = page.getByRole("navigation", { name: "Main" });
  const security = rail.getByRole("link", { name: "Security" });
  await expect(security).toBeHidden();
  await rail.getByRole("button", { name: "More" }).click();
  await security.click();
  await expect(page.getByRole("heading", { level: 1, name: "Security events" })).toBeVisible();
  await expect(security).toBeHidden();
  await expect(rail.getByRole("button", { name: "More" })).toHaveAttribute("aria-current", "true");
});

test("pages that are read from right to left stand the other way round and need no scrolling sideways", async ({ as, cast }) => {
  for (const [member, path] of [
    [null, "/"],
    [null, "/market"],
    [null, `/market/${cast.offers.scan.id}`],
    [cast.insurer, "/dashboard"],
    [cast.insurer, "/purchases"],
    [cast.provider, "/services/new"],
    [cast.admin, "/console/permissions"],
  ] as const) {
    for (const width of [390, 1280]) {
      const page = await as(member, { viewport: { width, height: 900 } });
      await open(page, path);
      const brand = page.getByRole("banner").getByRole("link", { name: "HCTS home" });
      const before = await brand.boundingBox();
      await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(sideways, `${path} at ${width}`).toBeLessThanOrEqual(0);
      const after = await brand.boundingBox();
      expect(Math.round(width - (after?.x ?? 0) - (after?.width ?? 0)), `${path} at ${width}`).toBe(Math.round(before?.x ?? -1));
      await page.close();
    }
  }
});

test("no label in a phone's bar is cut", async ({ as, cast }) => {
  for (const member of [cast.insurer, cast.provider, cast.admin]) {
    const page = await as(member, { viewport: { width: 360, height: 800 } });
    await open(page, "/account");
    const labels = page.getByRole("navigation", { name: "Main" }).locator(".rail-label:visible");
    await expect(labels.last()).toBeVisible();
    const cut = await labels.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
    expect(cut, member.email).toEqual([]);
    await page.close();
  }
});

test("tiles beside tiles with a course are filled, and the filters of the console fold on a phone", async ({ as, cast }) => {
  const wide = await as(cast.admin, { viewport: { width: 1440, height: 900 } });
  await open(wide, "/console");
  const empty = await wide.locator(".stat").evaluateAll((tiles) =>
    tiles.filter((tile) => {
      const last = tile.lastElementChild;
      return last !== null && tile.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom > 28;
    }).map((tile) => tile.textContent),
  );
  expect(empty).toEqual([]);
  const phone = await as(cast.admin, { viewport: { width: 390, height: 844 } });
  for (const path of ["/console/audit", "/console/security"]) {
    await open(phone, path);
    const main = phone.getByRole("main");
    await expect(main.getByRole("combobox").first(), path).toBeHidden();
    await expect(main.locator(".table-scroll"), path).toBeInViewport();
    await main.getByText("Filters", { exact: true }).click();
    await expect(main.getByRole("combobox").first(), path).toBeVisible();
  }
});
