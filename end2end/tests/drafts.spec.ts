// What was typed into the service form and not saved.
import type { Page } from "@playwright/test";

import { unique, type Member } from "../support/cast";
import { fill } from "../support/forms";
import { alive, expect, open, test } from "../support/test";

const DESCRIPTION = "The whole spine, lying still for half an hour.\n\n- with a written report";

const offer = (page: Page) => page.getByRole("status").filter({ hasText: "You have unsaved changes" });

/** As much as fits in before the telephone rings; waits until the tab has kept it. */
async function typeHalf(page: Page, title: string): Promise<void> {
  await open(page, "/services/new");
  await fill(page, { title, description: DESCRIPTION });
  await page.getByRole("combobox", { name: "ICD-11 codes" }).fill("BA00");
  await page.getByRole("option", { name: /BA00/ }).first().click();
  await expect.poll(() => drafts(page)).toMatch(/codes%5B%5D=BA00/);
}

/** All that the tab keeps. */
function drafts(page: Page): Promise<string> {
  return page.evaluate(() => Object.values({ ...sessionStorage }).join(" "));
}

/** From the form that asks who is there. */
async function signIn(page: Page, member: Member): Promise<void> {
  await fill(page, { email: member.email, password: member.password });
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await alive(page);
}

/** Only the session ends: nobody signs out. */
async function endSession(page: Page): Promise<void> {
  await page.context().clearCookies({ name: "__Host-session" });
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fservices%2Fnew$/);
  await alive(page);
}

test("half a service outlives the session, comes back when asked for, and is gone once it is saved", async ({ as, cast }) => {
  const title = `Spine scan ${unique()}`;
  const page = await as(cast.provider);
  await typeHalf(page, title);
  await endSession(page);
  await signIn(page, cast.provider);

  await expect(page).toHaveURL(/\/services\/new$/);
  await expect(offer(page)).toBeVisible();
  await expect(page.locator("#f-title")).toHaveValue("");
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.locator("#f-title")).toHaveValue(title);
  await alive(page);
  await expect(page.locator("#f-description")).toHaveValue(DESCRIPTION);
  await expect(page.getByRole("list", { name: "Selected" })).toContainText("BA00");
  await expect(offer(page)).toBeHidden();

  await fill(page, { category: "imaging", country: "DE", city: "Berlin", duration_minutes: "30", base_price: "300" });
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  expect(await drafts(page)).not.toContain("BA00");
  await open(page, "/services/new");
  await expect(offer(page)).toBeHidden();
});

test("what is thrown away does not come back", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await typeHalf(page, `Hip scan ${unique()}`);
  await page.goto("/services");
  await open(page, "/services/new");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(offer(page)).toBeHidden();
  await open(page, "/services/new");
  await expect(offer(page)).toBeHidden();
  expect(await drafts(page)).toBe("");
});

test("somebody else in the same tab sees nothing of it, and nothing is left for later", async ({ as, cast }) => {
  const page = await as(cast.provider);
  await typeHalf(page, `Foot scan ${unique()}`);
  await endSession(page);
  await signIn(page, cast.otherProvider);
  await expect(page).toHaveURL(/\/services\/new$/);
  await expect(offer(page)).toBeHidden();
  expect(await drafts(page)).toBe("");
});

test("signing out takes it away", async ({ as, cast }) => {
  // a session of its own, so that the cast's stays
  const page = await as(null);
  await open(page, "/sign-in?next=%2Fservices%2Fnew");
  await signIn(page, cast.provider);
  await typeHalf(page, `Hand scan ${unique()}`);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("banner").getByRole("link", { name: "Sign in" })).toBeVisible();
  expect(await drafts(page)).toBe("");
});
