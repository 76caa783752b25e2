// The database's own word, through one psql that stays open.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { product } from "./product.mjs";

const END = "--end--";

export class Database {
  #psql = spawn("psql", ["-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", product.database], { stdio: ["pipe", "pipe", "inherit"] });
  #lines = createInterface({ input: this.#psql.stdout })[Symbol.asyncIterator]();
  #last = Promise.resolve();

  /** The rows of a statement, each a list of texts. One statement at a time. */
  query(sql) {
    const answer = this.#last.then(() => this.#ask(sql));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #ask(sql) {
    this.#psql.stdin.write(`${sql};\n\\echo ${END}\n`);
    const rows = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`psql ended at: ${sql}`);
      if (value === END) return rows;
      rows.push(value.split("\t"));
    }
  }

  close() {
    this.#psql.stdin.end();
  }
}
