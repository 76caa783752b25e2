// Filling forms by the names their fields are sent under.
import { expect, type Locator, type Page } from "@playwright/test";

type Values = Record<string, string>;

/** Fills the visible fields of a form: text, selects, radios and checkboxes alike. */
export async function fill(scope: Page | Locator, values: Values): Promise<void> {
  for (const [name, value] of Object.entries(values)) await fillOne(scope, name, value);
}

async function fillOne(scope: Page | Locator, name: string, value: string): Promise<void> {
  const field = scope.locator(`:is(input, select, textarea)[name="${name}"]`);
  const first = field.first();
  const kind = await first.evaluate((one) => (one instanceof HTMLInputElement ? one.type : one.localName));
  if (kind === "select") await first.selectOption(value);
  else if (kind === "radio" || kind === "checkbox") await scope.locator(`[name="${name}"][value="${value}"]`).check();
  else await first.fill(value);
}

/** Expects that the form named these fields as wrong: in its summary, and at each field. */
export async function expectFieldErrors(page: Page, fields: string[]): Promise<void> {
  // other alerts may stand on the page
  const summary = page.locator(".error-summary");
  await expect(summary).toBeVisible();
  for (const name of fields) {
    const field = page.locator(`#f-${name}`);
    await expect(summary.locator(`a[href="#f-${name}"]`)).toBeVisible();
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(field).toHaveAttribute("aria-describedby", new RegExp(`f-${name}-error`));
    await expect(page.locator(`#f-${name}-error`)).not.toBeEmpty();
  }
}

/** Presses a button twice while its request is held back, and expects it to be busy; answers what was sent. */
export async function pressTwice(page: Page, name: RegExp, endpoint: string): Promise<string[]> {
  const sent: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(`**/rpc/${endpoint}`, async (route) => {
    sent.push(route.request().postData() ?? "");
    await held;
    await route.continue();
  });
  // asked within the page: a locator would wait for the navigation that is held back
  const busy = await page.getByRole("main").getByRole("button", { name }).evaluate(async (button: HTMLButtonElement) => {
    button.click();
    button.click();
    await new Promise((next) => requestAnimationFrame(next));
    return button.getAttribute("aria-busy");
  });
  expect(busy).toBe("true");
  release();
  return sent;
}
