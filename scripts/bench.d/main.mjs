// Measures what scripts/bench has started, part by part, and prints the table.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { administrator, certificateCodes, marketQuestions, services } from "./addresses.mjs";
import { mainPart, styles, wings } from "./bundle.mjs";
import { Database } from "./database.mjs";
import { marks } from "./lighthouse.mjs";
import { memory } from "./processes.mjs";
import { product } from "./product.mjs";
import { purchases } from "./purchases.mjs";
import { timeToAlive } from "./slow.mjs";
import { Table } from "./table.mjs";
import { load } from "./wrk.mjs";

const table = new Table();
const database = new Database();
const only = process.env.BENCH_ONLY?.split(",").filter(Boolean) ?? [];

const ms = (number) => `${number.toFixed(number < 10 ? 2 : 1)} ms`;
const speed = ({ perSecond, p95 }) => `${Math.round(perSecond)} a second, answers in ${ms(p95)} p95`;
const remembered = new Map();
const once = async (name, make) => remembered.get(name) ?? remembered.set(name, await make()).get(name);

const pages = () => once("market", marketQuestions);
const codes = () => once("codes", async () => certificateCodes(await administrator(), 1000));

async function cpuRow(what, name, target, paths) {
  const run = await load(name, paths);
  const measured = `${ms(run.server)} server CPU (database ${ms(run.database)}; ${speed(run)})`;
  table.row(what, target ? `≤ ${ms(target)} server CPU` : "", measured, target ? run.server <= target : undefined);
  return run;
}

const parts = {
  async market() {
    const paths = (await pages()).map((query) => `/market?${query}`);
    await cpuRow(`market page, 24 results with facets and filter (${paths.length} questions)`, "market", 0.7, paths);
  },

  async list() {
    const paths = (await pages()).map((query) => `/api/marketplace/services?${query}`);
    const run = await cpuRow("market list as JSON, the same questions", "list", 0.2, paths);
    table.row("  its database CPU", `≤ ${ms(1)}`, ms(run.database), run.database <= 1);
    const alone = await load("alone", paths, { connections: 1 });
    table.row("  its whole answer, one at a time, p95", `query ≤ ${ms(5)}`, ms(alone.p95), alone.p95 <= 5);
  },

  async service() {
    const paths = (await services(database, 1000)).map(({ id }) => `/market/${id}`);
    await cpuRow("service page", "service", 0.4, paths);
  },

  async check() {
    const all = await codes();
    await cpuRow(`certificate check by code (${all.length} codes)`, "check", 0.12, all.map((code) => `/api/certificates/verify/${code}`));
    await cpuRow("  as a page, with proof", "check-page", undefined, all.map((code) => `/check?code=${code}`));
  },

  async purchase() {
    const run = await purchases(database);
    const share = `(database ${ms(run.database)}, gateway and driver ${ms(run.others)})`;
    table.row("purchase, cart to captured with certificate", "≤ 4 ms server CPU", `${ms(run.server)} ${share}`, run.server <= 4);
    table.row("  how many, 32 at once, all durable", "≥ 100 a second", `${Math.round(run.perSecond)} a second`, run.perSecond >= 100);
  },

  async memory() {
    const { now, most } = memory(product.server);
    table.row("memory of the server after this load", "≤ 80 MB", `${most.toFixed(0)} MB at most, ${now.toFixed(0)} MB now`, most <= 80);
  },

  async start() {
    const milliseconds = Number(readFileSync(join(product.place, "started-in"), "utf8"));
    table.row("start to ready, database up", "≤ 1 s", `${(milliseconds / 1000).toFixed(2)} s`, milliseconds <= 1000);
  },

  async bundle() {
    const kb = (number) => `${number.toFixed(1)} kB`;
    const atMost = (what, most, measured) => table.row(what, `≤ ${most} kB`, kb(measured), measured <= most);
    const main = mainPart();
    atMost("first visit of a public page, wasm and loader, brotli", 460, main);
    for (const { name, own, all } of wings()) {
      atMost(`  wing "${name}"`, 150, own);
      atMost(`  first visit of one of its pages`, 600, main + all);
    }
    atMost("style sheet, brotli", 30, styles());
  },

  async slow() {
    for (const [name, path] of [["market", "/market"], ["sign-in, of a wing", "/sign-in"]]) {
      const seconds = await timeToAlive(path);
      table.row(`slow line, ${name}: until every control answers`, "≤ 3.2 s", `${seconds.toFixed(2)} s`, seconds <= 3.2);
    }
  },

  async lighthouse() {
    const [{ id }] = await services(database, 1);
    for (const [name, path] of [["home", "/"], ["market", "/market"], ["service", `/market/${id}`]]) {
      const page = await marks(name, path, 3);
      const wanting = page.wanting.length > 0 ? ` (${page.wanting.join(", ")})` : "";
      table.row(`Lighthouse, ${name}: performance, accessibility, best practices, SEO`, "≥ 95 each", page.marks.join(" ") + wanting, page.marks.every((mark) => mark >= 95));
    }
  },
};

for (const [name, measure] of Object.entries(parts)) {
  if (only.length > 0 && !only.includes(name)) continue;
  console.log(`  measuring: ${name} …`);
  await measure().catch((error) => {
    console.error(error);
    table.broken(name, error);
  });
}
database.close();
console.log(`\n${table}`);
process.exitCode = table.hasBroken ? 1 : 0;
