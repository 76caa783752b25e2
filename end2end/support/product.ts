// The product under test, as scripts/e2e started it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the browser tests with \`scripts/e2e\``);
  return value;
}

export const product = {
  url: setting("HCTS_E2E_URL"),
  gatewayUrl: setting("HCTS_E2E_GATEWAY_URL"),

  /** Runs an `hcts` command and answers what it printed. The database and the keys come from the environment. */
  async hcts(...args: string[]): Promise<string> {
    const { stdout } = await run(setting("HCTS_BIN"), args, { timeout: 60_000 });
    return stdout;
  },
};
