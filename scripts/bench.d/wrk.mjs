// A run of wrk, and the processor time it cost per request.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { cpu, cpuOfFamily } from "./processes.mjs";
import { call, product } from "./product.mjs";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("load.lua", import.meta.url));

async function wrk(list, { connections, seconds }) {
  const threads = Math.min(2, connections);
  const flags = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", SCRIPT, product.origin, "--", list];
  const { stdout } = await run("wrk", flags, { timeout: (seconds + 60) * 1000 });
  const counted = JSON.parse(stdout.trim().split("\n").at(-1));
  if (counted.refused + counted.broken > 0) throw new Error(`${counted.refused} answers of 400 and above, ${counted.broken} broken`);
  return counted;
}

/** Asks for `paths` in turn. Each is tried once before, so that a redirect or a refusal cannot pass for an answer. */
export async function load(name, paths, { connections = 32, seconds = product.seconds } = {}) {
  const list = join(product.place, `${name}.txt`);
  writeFileSync(list, `${paths.join("\n")}\n`);
  for (const [place, path] of paths.entries()) {
    await call("GET", product.origin + path, { headers: { "x-forwarded-for": `10.254.${place >> 8}.${place & 255}` } });
  }
  await wrk(list, { connections, seconds: 2 });
  const before = { server: cpu(product.server), database: cpuOfFamily(product.postmaster) };
  const counted = await wrk(list, { connections, seconds });
  const per = (after, earlier) => (after - earlier) / counted.requests;
  return {
    server: per(cpu(product.server), before.server),
    database: per(cpuOfFamily(product.postmaster), before.database),
    perSecond: counted.requests / (counted.microseconds / 1e6),
    p95: counted.p95 / 1000,
  };
}
