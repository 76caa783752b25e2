// Lighthouse's four marks for a page, with its own defaults: a phone on a slow network.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { product } from "./product.mjs";

const run = promisify(execFile);
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];

/** The middle of several runs, category by category, and what was found wanting. */
export async function marks(name, path, runs) {
  const all = [];
  for (let number = 0; number < runs; number += 1) all.push(await once(`${name}-${number}`, path));
  return {
    marks: CATEGORIES.map((category) => middle(all.map(({ categories }) => Math.round(categories[category].score * 100)))),
    wanting: [...new Set(all.flatMap(({ audits }) => failed(audits)))],
  };
}

async function once(name, path) {
  const report = join(product.place, `lighthouse-${name}.json`);
  const flags = ["--quiet", "--output=json", `--output-path=${report}`, `--only-categories=${CATEGORIES}`, "--chrome-flags=--headless=new --no-sandbox"];
  await run("lighthouse", [product.origin + path, ...flags], { timeout: 180_000, env: { CHROME_PATH: "/usr/bin/chromium", ...process.env } });
  return JSON.parse(readFileSync(report, "utf8"));
}

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const failed = (audits) =>
  Object.values(audits)
    .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === "binary" && score === 0)
    .map(({ id }) => id);
