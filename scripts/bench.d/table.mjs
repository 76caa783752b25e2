// The figures, as a table for people.
export class Table {
  #rows = [];

  /** `ok` is undefined where there is no target. */
  row(what, target, measured, ok) {
    this.#rows.push([what, target, measured, ok === undefined ? "" : ok ? "yes" : "NO"]);
  }

  /** A part that could not be measured. */
  broken(what, error) {
    this.#rows.push([what, "", `not measured: ${error.message.split("\n")[0]}`, "NO"]);
  }

  get hasBroken() {
    return this.#rows.some(([, , measured]) => measured.startsWith("not measured"));
  }

  toString() {
    const rows = [["what", "target", "measured", "ok?"], ...this.#rows];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)));
    const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
    const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
    return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
  }
}
