// Writes a .br and a .gz twin beside each file of a built site that shrinks by it; the server sends them as they are. Not for the page
// itself, which the server fills in per request.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const site = process.argv[2];
const shrinks = /\.(css|ico|js|json|mjs|svg|txt|wasm|webmanifest|xml)$/;
const total = { plain: 0, br: 0 };

for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !shrinks.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const plain = readFileSync(path);
  const br = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  const gz = gzipSync(plain, { level: 9 });
  if (br.length < plain.length) writeFileSync(`${path}.br`, br);
  if (gz.length < plain.length) writeFileSync(`${path}.gz`, gz);
  total.plain += plain.length;
  total.br += Math.min(br.length, plain.length);
  console.log(`${entry.name}: ${plain.length} bytes, brotli ${br.length}, gzip ${gz.length}`);
}
console.log(`together: ${total.plain} bytes, brotli ${total.br}`);
