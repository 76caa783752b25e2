// The test of this folder: actors with browsers of their own, and a browser that may not complain.
import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";

import { withoutScripts } from "./alive";
import { assemble, type Cast, type Member } from "./cast";
import { Complaints } from "./complaints";

export { alive, open } from "./alive";
export { expect };

interface Stage {
  /** Fails the test at its end when a browser complained. */
  complaints: Complaints;
  /** A page of a signed-in member, or of nobody. */
  as(member: Member | null, options?: { colorScheme?: "light" | "dark"; viewport?: { width: number; height: number } }): Promise<Page>;
}

interface Company {
  /** Organisations of this worker alone, so that carts and lists of parallel tests do not meet. */
  cast: Cast;
}

export const test = base.extend<Stage, Company>({
  cast: [
    async ({ browser }, use, worker) => {
      await use(await assemble(browser, worker.workerIndex));
    },
    { scope: "worker", timeout: 120_000 },
  ],

  complaints: async ({}, use) => {
    const complaints = new Complaints();
    await use(complaints);
    complaints.verdict();
  },

  // the built-in page belongs to nobody and is watched, too
  context: async ({ context, complaints, javaScriptEnabled }, use) => {
    if (!javaScriptEnabled) withoutScripts(context);
    complaints.watch(context);
    await use(context);
  },

  as: async ({ browser, contextOptions, javaScriptEnabled, complaints }, use, info) => {
    const opened: BrowserContext[] = [];
    await use(async (member, options = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        ...options,
        javaScriptEnabled,
        extraHTTPHeaders: { "x-forwarded-for": `10.1.${info.workerIndex % 256}.1` },
        storageState: member?.state,
      });
      if (!javaScriptEnabled) withoutScripts(context);
      complaints.watch(context);
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

/** Both ways to use the product: alive, and as plain pages and forms. */
export const modes = [
  { title: "with JavaScript", javaScriptEnabled: true },
  { title: "without JavaScript", javaScriptEnabled: false },
] as const;
