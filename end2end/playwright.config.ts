import { defineConfig } from "@playwright/test";

// scripts/e2e starts the whole product on free ports and says here where it is.
const baseURL = process.env.HCTS_E2E_URL;
if (!baseURL) throw new Error("HCTS_E2E_URL is not set: start the browser tests with `scripts/e2e`");

// pictures are for people: taken only when asked for. Workers read this file, too, and hear nothing of the command's arguments.
if (process.argv.some((argument) => argument.includes("screenshots"))) process.env.HCTS_E2E_SCREENSHOTS = "yes";
const screenshots = process.env.HCTS_E2E_SCREENSHOTS === "yes";

export default defineConfig({
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: process.env.HCTS_E2E_REPORT ?? "test-results/report.json" }]],
  projects: [
    { name: "tests", testDir: "tests" },
    ...(screenshots ? [{ name: "screenshots", testDir: "screenshots" }] : []),
  ],
  use: {
    baseURL,
    locale: "en-GB",
    timezoneId: "UTC",
    // what is not there is said at once, not when the whole test has run out of time
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    launchOptions: {
      // the system's own browser: nothing is downloaded
      executablePath: process.env.HCTS_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
