// How long a page takes on a slow line until every control answers: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up, nothing kept.
import { chromium } from "@playwright/test";

import { product } from "./product.mjs";

const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

/** The middle of several first visits, in seconds. */
export async function timeToAlive(path, visits = 5) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const all = [];
    for (let visit = 0; visit < visits; visit += 1) all.push(await once(browser, path));
    return all.toSorted((a, b) => a - b)[visits >> 1];
  } finally {
    await browser.close();
  }
}

async function once(browser, path) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
  await page.goto(product.origin + path, { waitUntil: "commit" });
  await page.waitForSelector("body[data-alive]", { state: "attached", timeout: 60_000 });
  const seconds = (await page.evaluate(() => performance.now())) / 1000;
  await context.close();
  return seconds;
}
