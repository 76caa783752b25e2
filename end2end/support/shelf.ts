// Services that a test needs many of: sent as the plain forms that create and publish them.
import { expect, type Page } from "@playwright/test";

import { product } from "./product";

/** Writes a service as the member of this page; `onSale` publishes it. */
export async function shelve(page: Page, title: string, onSale: boolean): Promise<void> {
  const created = await send(page, "service_create", {
    title,
    description: "Everything that is needed, done by people who do it daily, with a written report.",
    category: "therapy",
    modality: "on_site",
    country: "DE",
    city: "Berlin",
    duration_minutes: "45",
    validity_days: "365",
    currency: "EUR",
    base_price: "80.00",
    "codes[0]": "ME84.2",
    intent: "save",
  });
  expect(created, `where "${title}" is`).toMatch(/\/services\/[0-9a-f-]{36}/);
  if (onSale) await send(page, "service_publish", { id: created.slice(-36) });
}

/** Sends a form as a browser without JavaScript does; answers where it leads. */
async function send(page: Page, endpoint: string, form: Record<string, string>): Promise<string> {
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const html = await (await page.request.get(`${product.url}/check`, { headers: { cookie } })).text();
  const made_for = /data-made-for="([^"]*)"/.exec(html)?.[1] ?? "";
  const headers = { accept: "text/html", cookie, origin: product.url, referer: `${product.url}/services`, "sec-fetch-site": "same-origin" };
  const answer = await page.request.post(`${product.url}/rpc/${endpoint}`, { form: { ...form, made_for }, headers, maxRedirects: 0 });
  return answer.headers()["location"] ?? `${answer.status()} ${await answer.text()}`;
}
