// Signing up and being verified.
import type { Page } from "@playwright/test";

import { newcomer, unique, verifyOrganisation } from "../support/cast";
import { expectFieldErrors, fill } from "../support/forms";
import { invite } from "../support/scene";
import { alive, expect, modes, open, test } from "../support/test";

async function signUp(page: Page, form: Record<string, string>): Promise<void> {
  await open(page, "/sign-up");
  await fill(page, form);
  await page.getByRole("main").getByRole("button", { name: "Create account" }).click();
}

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("a sign-up with bad input names the fields and keeps what was typed", async ({ as }) => {
      const page = await as(null);
      const form = newcomer("insurer", "Careful Mutual");
      await signUp(page, { ...form, email: "robin@localhost", legal_name: "x" });

      await expectFieldErrors(page, ["email", "legal_name"]);
      await expect(page).toHaveTitle(/^Error: /);
      for (const name of ["organisation", "registration_number", "country", "city", "name"]) {
        await expect(page.locator(`#f-${name}`)).toHaveValue(form[name] ?? "");
      }
      await expect(page.locator("#f-email")).toHaveValue("robin@localhost");
      await expect(page.locator('[name="kind"][value="insurer"]')).toBeChecked();
      // a password is never sent back
      await expect(page.locator("#f-password")).toHaveValue("");
    });

    test("a good sign-up leads into the organisation, which waits for verification", async ({ as }) => {
      const page = await as(null);
      const form = newcomer("provider", "Prompt Clinic");
      await signUp(page, form);
      await expect(page).toHaveURL(/\/organisation$/);
      await expect(page.getByRole("main")).toContainText(form.organisation ?? "");
      await expect(page.getByRole("main")).toContainText(/verif/i);
    });

    test("signing out ends the session, signing in begins one", async ({ as }) => {
      const page = await as(null);
      const form = newcomer("insurer", "Forgetful Mutual");
      await signUp(page, form);
      await expect(page).toHaveURL(/\/organisation$/);

      await page.getByRole("button", { name: /^Account of/ }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page.getByRole("banner").getByRole("link", { name: "Sign in" })).toBeVisible();

      await open(page, "/sign-in");
      await fill(page, { email: form.email ?? "", password: form.password ?? "" });
      await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();
    });

    test("a member of two organisations acts for one at a time", async ({ as, cast }) => {
      const page = await as(null);
      const form = newcomer("insurer", "Travelling Mutual");
      await signUp(page, form);
      await expect(page).toHaveURL(/\/organisation$/);
      const link = await invite(await as(cast.provider), form.email ?? "");
      await open(page, new URL(link).pathname);
      await page.getByRole("main").getByRole("button", { name: "Accept and continue" }).click();
      await expect(page).not.toHaveURL(/invitations/);
      await alive(page);

      const menu = page.locator('[popovertarget="organisation-menu"]');
      for (const organisation of [form.organisation ?? "", cast.provider.organisation]) {
        await menu.click();
        await page.locator("#organisation-menu").getByRole("button", { name: organisation }).click();
        // the desk of a provider begins at redeeming
        await expect(page).toHaveURL(organisation === cast.provider.organisation ? /\/redeem$/ : /\/dashboard$/);
        await alive(page);
        await expect(menu).toContainText(organisation);
      }
    });
  });
}

for (const { title, javaScriptEnabled } of modes) {
  test.describe(title, () => {
    test.use({ javaScriptEnabled });

    test("an invitation is withdrawn after a question, and only that one", async ({ as, cast }) => {
      const page = await as(cast.otherProvider);
      const main = page.getByRole("main");
      const gone = `cy.${unique()}@example.org`;
      const stays = `di.${unique()}@example.org`;
      for (const email of [gone, stays]) {
        await open(page, "/organisation");
        await fill(page, { email });
        await main.getByRole("button", { name: "Create invitation link" }).click();
        await expect(main).toContainText("Invitation link created");
      }
      const row = (email: string) => main.getByRole("row").filter({ hasText: email });
      // the list is read anew after the last one; a question that is open then goes with its row
      await expect(row(stays)).toHaveCount(1);
      await row(gone).getByText("Withdraw", { exact: false }).first().click();
      await page.getByRole("button", { name: "Withdraw invitation" }).click();
      await expect(row(gone)).toHaveCount(0);
      await expect(row(stays)).toHaveCount(1);
    });
  });
}

test("an organisation that is not verified can neither buy nor publish, and is told so in plain words", async ({ as, cast }) => {
  const page = await as(cast.unverified);
  await open(page, `/market/${cast.offers.scan.id}`);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByRole("main")).toContainText("Your organisation is not verified yet");
  await expect(page.getByRole("button", { name: "Go to checkout" })).toHaveCount(0);
  await open(page, "/checkout");
  await expect(page.getByRole("button", { name: /^Buy and pay/ })).toHaveCount(0);
});

test("an administrator verifies an organisation, which may then publish", async ({ as, cast, complaints }) => {
  const owner = await as(null);
  const form = newcomer("provider", "Patient Clinic");
  await signUp(owner, form);
  await expect(owner).toHaveURL(/\/organisation$/);

  complaints.foresee(403, /\/rpc\/service_publish/);
  const title = `Check-up ${unique()}`;
  await open(owner, `/services/new?title=${encodeURIComponent(title)}&codes=BA00`);
  await fill(owner, {
    category: "consultation",
    description: "An hour with a physician, with blood pressure and a written report.",
    modality: "on_site",
    country: "DE",
    city: "Bonn",
    duration_minutes: "60",
    validity_days: "90",
    base_price: "120",
  });
  await owner.getByRole("button", { name: "Save draft" }).click();
  await expect(owner.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(owner.getByRole("main")).toContainText("Your organisation is not verified yet");
  await owner.getByRole("button", { name: "Publish service" }).click();
  await expect(owner.getByRole("main")).toContainText("Nothing was changed");
  await expect(owner.getByRole("link", { name: "View on the market" })).toHaveCount(0);

  const admin = await as(cast.admin);
  await verifyOrganisation(admin, form.organisation ?? "");

  await owner.reload();
  await owner.getByRole("button", { name: /^Publish/ }).click();
  await expect(owner.getByRole("link", { name: "View on the market" })).toBeVisible();
});

test("a tablet changes hands: who signs in next comes to the same page, and everybody reads what is recorded of them", async ({ as, cast }) => {
  const page = await as(null);
  await open(page, "/sign-in?next=%2Forders");
  await fill(page, { email: cast.provider.email, password: cast.provider.password });
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/orders$/);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("button", { name: "Switch user" }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Forders$/);
  await fill(page, { email: cast.otherProvider.email, password: cast.otherProvider.password });
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/orders$/);
  await expect(page.getByRole("banner")).toContainText(cast.otherProvider.organisation);
  await open(page, "/account");
  const arrives = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download my activity (CSV)" }).click();
  expect((await arrives).suggestedFilename()).toMatch(/^your-records-\d{4}-\d{2}-\d{2}\.csv$/);
});
