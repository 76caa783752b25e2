// Installable, and useful without a network.
import { alive, expect, open, test } from "../support/test";

interface Manifest {
  id?: string;
  name?: string;
  short_name?: string;
  start_url?: string;
  scope?: string;
  display?: string;
  theme_color?: string;
  background_color?: string;
  icons?: { src: string; sizes: string; type: string; purpose?: string }[];
}

test("the manifest is whole and its icons are there", async ({ page, request }) => {
  await open(page, "/");
  const href = await page.locator('link[rel="manifest"]').getAttribute("href");
  const answer = await request.get(href ?? "");
  expect(answer.headers()["content-type"]).toContain("application/manifest+json");
  const manifest = (await answer.json()) as Manifest;
  for (const field of ["id", "name", "short_name", "start_url", "scope", "theme_color", "background_color"] as const) {
    expect(manifest[field], field).toBeTruthy();
  }
  expect(manifest.display).toBe("standalone");
  const icons = manifest.icons ?? [];
  for (const size of ["192x192", "512x512"]) expect(icons.map((icon) => icon.sizes)).toContain(size);
  expect(icons.some((icon) => icon.purpose?.includes("maskable"))).toBe(true);
  for (const icon of icons) {
    const file = await request.get(icon.src);
    expect(file.status(), icon.src).toBe(200);
    expect(file.headers()["content-type"]).toContain(icon.type);
  }
});

test("Chromium finds nothing in the way of installing", async ({ page }) => {
  await open(page, "/");
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = (await session.send("Page.getInstallabilityErrors")) as { installabilityErrors: { errorId: string }[] };
  // a test's browser context counts as a private window
  expect(installabilityErrors.map((one) => one.errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});

test("without a network a page opens as the shell and says so; with the network it is itself again", async ({ page, context, complaints }) => {
  await open(page, "/");
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // the worker serves pages that were opened after it
  await page.reload();
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);

  complaints.foreseeNoNetwork();
  await context.setOffline(true);
  await page.goto("/market");
  await expect(page.getByRole("heading", { level: 1, name: "You are offline" })).toBeVisible();
  await expect(page.locator("body[data-ssr]")).toHaveCount(0);

  // the page loads itself anew as soon as there is a network
  await context.setOffline(false);
  await expect(page.locator("body[data-ssr]")).toBeAttached();
  await expect(page.getByRole("heading", { level: 1, name: "You are offline" })).toHaveCount(0);
});

test("a new version waits until it is asked for, then the page opens with it", async ({ page }) => {
  const inCharge = () => page.evaluate(() => navigator.serviceWorker.controller?.scriptURL ?? "nobody");
  const offer = page.getByRole("status").getByText("A new version is available");
  await open(page, "/");
  await expect.poll(inCharge).toMatch(/\/sw\.js$/);
  await expect(offer).toHaveCount(0);

  // to the browser a worker of another address is a new version, like one of other bytes
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/sw.js?newer");
  });
  await expect(offer).toBeVisible();
  expect(await inCharge()).toMatch(/\/sw\.js$/);

  const opened = page.waitForEvent("load");
  await page.getByRole("button", { name: "Update", exact: true }).press("Enter");
  await opened;
  await alive(page);
  expect(await inCharge()).toMatch(/\/sw\.js\?newer$/);
});

test("a new version does not take away what was typed", async ({ as, cast }) => {
  const page = await as(cast.otherInsurer);
  await open(page, "/account");
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    await navigator.serviceWorker.register("/sw.js?newer");
  });
  await page.locator("#f-name").fill("Robin Winter");
  const update = page.getByRole("button", { name: "Update", exact: true });
  await update.click();
  await expect(page.getByRole("status").getByText("A new version is available. Save your changes before you update.")).toBeVisible();
  await expect(page.locator("#f-name")).toHaveValue("Robin Winter");
});
