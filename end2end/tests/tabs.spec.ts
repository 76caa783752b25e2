// Two tabs of one browser: a person switches organisation, or another one signs in, in the one; the other shows a page from before.
import type { Page } from "@playwright/test";

import { alive, open } from "../support/alive";
import { newcomer, unique, type Member } from "../support/cast";
import { fill } from "../support/forms";
import { invite } from "../support/scene";
import { expect, test } from "../support/test";
import { addToCart } from "../support/trade";

/** Signs up an organisation whose owner is then invited into another one; answers the organisation's name. */
async function inTwoOrganisations(page: Page, host: Page): Promise<string> {
  const form = newcomer("insurer", "Two Tabs Mutual");
  await open(page, "/sign-up");
  await fill(page, form);
  await page.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/organisation$/);
  const link = await invite(host, form.email ?? "");
  await open(page, new URL(link).pathname);
  await page.getByRole("main").getByRole("button", { name: "Accept and continue" }).click();
  await expect(page).not.toHaveURL(/invitations/);
  return form.organisation ?? "";
}

async function switchTo(page: Page, organisation: string): Promise<void> {
  await page.locator('[popovertarget="organisation-menu"]').click();
  await page.locator("#organisation-menu").getByRole("button", { name: organisation }).click();
  await expect(page.locator('[popovertarget="organisation-menu"]')).toContainText(organisation);
}

/** What a page of `cast`'s host and a second tab do: the first tab's form is sent after the second has switched. */
const kinds: Array<{ name: string; path: string; field: string; send: (page: Page) => Promise<void> }> = [
  {
    name: "an invitation",
    path: "/organisation",
    field: "email",
    send: async (page) => {
      await fill(page, { email: `late.${unique()}@example.org` });
      await page.getByRole("main").getByRole("button", { name: "Create invitation link" }).click();
    },
  },
  {
    name: "the account's name",
    path: "/account",
    field: "name",
    send: async (page) => {
      await fill(page, { name: "Mallory" });
      await page.getByRole("main").getByRole("button", { name: "Save name" }).click();
    },
  },
];

for (const { name, path, field, send } of kinds) {
  test(`${name} of a page made for another organisation is refused, and the page offers the ways on and keeps what was typed`, async ({ as, cast, complaints }) => {
    const page = await as(null);
    const home = await inTwoOrganisations(page, await as(cast.otherInsurer));
    await open(page, "/dashboard");
    await switchTo(page, home);
    await open(page, path);
    await alive(page);
    const tab = await page.context().newPage();
    await open(tab, "/dashboard");
    await switchTo(tab, cast.otherInsurer.organisation);

    complaints.foresee(409, /\/rpc\//);
    await send(page);
    const dialog = page.getByRole("dialog", { name: "This page is out of date" });
    await expect(dialog).toContainText(cast.otherInsurer.organisation);
    const typed = await page.locator(`#f-${field}`).inputValue();
    await dialog.getByRole("button", { name: `Switch back to ${home}` }).click();
    await expect(page).toHaveURL(new RegExp(`${path}\\??$`));
    await expect(page.locator('[popovertarget="organisation-menu"]')).toContainText(home);
    await expect(page.getByRole("main")).not.toContainText("late.");
    await expect(page.locator(`#f-${field}`)).toHaveValue(typed);
    await tab.close();
  });
}

test("buying from a page made for another organisation buys nothing", async ({ as, cast, complaints }) => {
  const page = await as(null);
  const home = await inTwoOrganisations(page, await as(cast.otherInsurer));
  await open(page, `/market/${cast.offers.scan.id}`);
  await alive(page);
  const tab = await page.context().newPage();
  await open(tab, "/dashboard");
  await switchTo(tab, home);

  complaints.foresee(409, /\/rpc\//);
  await page.getByRole("button", { name: "Add to cart" }).click();
  const dialog = page.getByRole("dialog", { name: "This page is out of date" });
  await expect(dialog).toContainText(home);
  await dialog.getByRole("link", { name: "Reload the page" }).click();
  await expect(page.locator('[popovertarget="organisation-menu"]')).toContainText(home);
  await open(tab, "/cart");
  await expect(tab.getByRole("main")).not.toContainText(cast.offers.scan.title);
});

test("Buy on a checkout made for another organisation buys nothing", async ({ as, cast, complaints }) => {
  const { course } = cast.offers;
  const page = await as(null);
  const home = await inTwoOrganisations(page, await as(cast.otherInsurer));
  await addToCart(page, course, 1);
  await open(page, "/checkout");
  const tab = await page.context().newPage();
  await open(tab, "/dashboard");
  await switchTo(tab, home);

  complaints.foresee(409, /\/rpc\//);
  await page.getByRole("button", { name: /^Buy and pay/ }).click();
  const dialog = page.getByRole("dialog", { name: "This page is out of date" });
  await expect(dialog).toContainText(home);
  await open(tab, "/purchases");
  await expect(tab.getByRole("main")).not.toContainText(/P-\w/);
  // the way back leads to the same checkout, where nothing was bought either
  await dialog.getByRole("button", { name: `Switch back to ${cast.otherInsurer.organisation}` }).click();
  await expect(page.getByRole("button", { name: /^Buy and pay/ })).toBeVisible();
  await open(page, "/cart");
  await page.getByRole("button", { name: `Remove ${course.title}` }).click();
  await expect(page.getByRole("main")).toContainText("Your cart is empty");
});

/** Another person signs in in this browser, in a tab that the page knows nothing of. */
async function signInBeside(page: Page, other: Member): Promise<void> {
  const tab = await page.context().newPage();
  await open(tab, "/dashboard");
  await tab.locator('[popovertarget="person-menu"]').click();
  await tab.locator("#person-menu").getByRole("button", { name: "Switch user" }).click();
  await expect(tab).toHaveURL(/\/sign-in/);
  await alive(tab);
  await fill(tab, { email: other.email, password: other.password });
  await tab.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(tab).not.toHaveURL(/sign-in/);
  await tab.close();
}

/** Signs up a person of whom no other test knows: signing out ends no session of theirs. */
async function signUpStranger(page: Page): Promise<void> {
  const form = { ...newcomer("insurer", "Passing Mutual"), name: "Ida Strand" };
  await open(page, "/sign-up");
  await fill(page, form);
  await page.getByRole("main").getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/organisation$/);
}

test("the page of another person changes nothing, and leads to a page of who is signed in now", async ({ as, cast, complaints }) => {
  const page = await as(null);
  await signUpStranger(page);
  await open(page, "/account");
  await signInBeside(page, cast.otherInsurer);
  complaints.foresee(409, /\/rpc\//);
  await fill(page, { name: "Mallory" });
  await page.getByRole("main").getByRole("button", { name: "Save name" }).click();
  const dialog = page.getByRole("dialog", { name: "This page is out of date" });
  await expect(dialog).toContainText(cast.otherInsurer.organisation);
  await expect(dialog.getByRole("button", { name: /^Switch back/ })).toHaveCount(0);
  await dialog.getByRole("link", { name: "Reload the page" }).click();
  await expect(page.locator('[popovertarget="organisation-menu"]')).toContainText(cast.otherInsurer.organisation);
  await expect(page.getByRole("main").locator('[name="name"]')).toHaveValue(cast.otherInsurer.name);
});

test("a list of another person reads no further", async ({ as, cast, complaints }) => {
  const page = await as(null);
  await signUpStranger(page);
  await open(page, "/market");
  const rows = page.locator(".market-row");
  const first = await rows.first().innerText();
  await signInBeside(page, cast.otherInsurer);
  complaints.foresee(409, /\/rpc\//);
  await page.locator('a[rel="next"]').click();
  const dialog = page.getByRole("dialog", { name: "This page is out of date" });
  await expect(dialog).toContainText(cast.otherInsurer.organisation);
  await dialog.getByRole("link", { name: "Reload the page" }).click();
  await expect(rows.first()).toBeVisible();
  expect(await rows.first().innerText(), "the next page, for who is signed in now").not.toBe(first);
});

test("a download of another person's records hands out nothing", async ({ as, cast, complaints }) => {
  const page = await as(null);
  await signUpStranger(page);
  await open(page, "/account");
  await signInBeside(page, cast.otherInsurer);
  complaints.foresee(409, /\/api\/account\/records\/export/);
  const files: string[] = [];
  page.on("download", (file) => files.push(file.suggestedFilename()));
  await page.getByRole("link", { name: "Download my activity (CSV)" }).click();
  await expect(page.getByRole("main")).toContainText("You are now signed in as");
  await expect(page.getByRole("main")).toContainText(cast.otherInsurer.organisation);
  expect(files).toEqual([]);
});
