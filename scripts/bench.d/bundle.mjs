// What a browser fetches of the program, brotli, in kB: the main part with the wings' loader, and each wing with its chunks.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { product } from "./product.mjs";

const size = (file) => statSync(join(product.site, `${file}.br`)).size / 1000;
const one = (pattern) => {
  const file = readdirSync(product.site).find((name) => pattern.test(name));
  if (!file) throw new Error(`no ${pattern} in ${product.site}`);
  return size(file);
};

/** The first visit of a public page. */
export const mainPart = () => one(/^frontend-[0-9a-f]+_bg\.wasm$/) + one(/^wings-[0-9a-f]+\.js$/);

export const styles = () => one(/^main-[0-9a-f]+\.css$/);

/** The wings by name: their own file, and everything they need beyond the main part. */
export function wings() {
  const files = JSON.parse(readFileSync(join(product.site, ".wings.json"), "utf8"));
  return Object.entries(files).map(([name, [own, ...chunks]]) => ({
    name,
    own: size(own),
    all: [own, ...chunks].reduce((sum, file) => sum + size(file), 0),
  }));
}
