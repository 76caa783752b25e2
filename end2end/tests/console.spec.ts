// What administrators decide about others: it says what happened, keeps their place, and loses nothing that was typed.
import type { Page } from "@playwright/test";

import { newcomer } from "../support/cast";
import { fill } from "../support/forms";
import { expect, modes, open, test } from "../support/test";

/** Signs an organisation up; answers its name. */
async function signUp(page: Page): Promise<string> {
  const form = newcomer("insurer", "Novice Mutual");
  await open(page, "/sign-up");
  await fill(page, form);
  await page.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/organisation$/);
  return form.organisation ?? "";
}

async function openOrganisation(page: Page, name: string): Promise<void> {
  await open(page, `/console/organisations?q=${encodeURIComponent(name)}`);
  await page.getByRole("main").getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("a decision that does not reach the server keeps the reason that was typed", async ({ as, cast, complaints }) => {
  const name = await signUp(await as(null));
  complaints.foreseeNoNetwork();
  const page = await as(cast.admin);
  await openOrganisation(page, name);
  const reason = page.getByLabel("Reason for rejection");
  await reason.fill("The register knows no such number.");
  await page.route("**/rpc/organisation_reject", (route) => route.abort("internetdisconnected"), { times: 1 });
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("You are offline");
  await expect(reason).toHaveValue("The register knows no such number.");
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByRole("main")).toContainText("No decision is needed");
  await expect(page.getByRole("heading", { level: 1, name })).toBeFocused();
});

test("an account is disabled after a question and enabled again, and a refusal is said", async ({ as, cast, complaints }) => {
  const name = await signUp(await as(null));
  const page = await as(cast.admin);
  await openOrganisation(page, name);
  const main = page.getByRole("main");
  const disable = main.getByRole("button", { name: "Disable the account of Robin Sommer" });
  await disable.click();
  const question = page.getByRole("dialog", { name: "Disable the account of Robin Sommer?" });
  await question.getByRole("button", { name: "Disable account" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Account disabled." })).toBeVisible();
  await expect(question).toHaveCount(0);

  complaints.foreseeNoNetwork();
  await page.route("**/rpc/user_enable", (route) => route.abort("internetdisconnected"), { times: 1 });
  const enable = main.getByRole("button", { name: "Enable the account of Robin Sommer" });
  await enable.click();
  await expect(main.getByRole("alert")).toContainText("You are offline");
  await enable.click();
  await expect(disable).toBeVisible();
  await expect(main.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name })).toBeFocused();
});

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a permission is withdrawn after a review with a reason, and the change is undone", async ({ as, cast }) => {
      const page = await as(cast.admin);
      // nobody of these tests has this level, and the other mode runs beside this one
      const matrix = `/console/permissions?role=${javaScriptEnabled ? "intermediary" : "insurer"}`;
      await open(page, matrix);
      const cell = page.getByRole("checkbox", { name: "See purchases and orders, Auditor" });
      await expect(cell).toBeChecked();
      await cell.uncheck();
      await page.getByRole("button", { name: "Review changes" }).click();
      await expect(page.getByRole("main")).toContainText("See purchases and orders: Auditor");
      await expect(page.getByRole("main")).toContainText(/Affects \d+ (person|people) in \d+ organisations?\./);
      await page.getByLabel("Reason").fill("The auditors asked for it.");
      await page.getByRole("button", { name: "Apply 1 change" }).click();
      await expect(page.getByRole("status").filter({ hasText: "The permissions were changed" })).toBeVisible();
      await expect(cell).not.toBeChecked();
      await page.getByRole("link", { name: "Undo this change" }).click();
      await page.getByRole("button", { name: "Apply 1 change" }).click();
      await expect(cell).toBeChecked();
    });
  });
}

test("the audit trail is filtered by a person's name, and the filter stands in the address as an id", async ({ as, cast }) => {
  const page = await as(cast.admin);
  await open(page, "/console/audit");
  await page.getByRole("main").getByText("Filters", { exact: true }).click();
  await page.locator("#f-person").fill(cast.insurer.email);
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(page).toHaveURL(/\/console\/audit\?(.*&)?actor=[0-9a-f-]{36}/);
  await expect(page.getByRole("main").getByText(/^By /)).toBeVisible();
  // a second filter beside the first, on the form that has been redrawn
  await page.locator("#f-action").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await expect(page).toHaveURL(/actor=.*action=|action=.*actor=/);
});
