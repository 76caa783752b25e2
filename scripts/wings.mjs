// Puts the wings of a built site in their place: each file is named after its content, and so is the loader that names them. The main
// script keeps Trunk's name, which covers the whole program.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const site = process.argv[2];
const cut = join(site, "snippets", "wings");
/** What only some wings share lies in chunks. Those smaller than a request's own cost (bytes) travel inside the loader. */
const MIN_FILE = 4096;

const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 16);

/** Replaces what must be there: another version of the splitter would write something else. */
function replace(text, pattern, replacement) {
  const replaced = text.replace(pattern, replacement);
  if (replaced === text) throw new Error(`not found: ${pattern}`);
  return replaced;
}

function moveWasm(loader, file) {
  const content = readFileSync(join(cut, file));
  if (content.length < MIN_FILE) return inline(loader, file, content);
  const name = `${file.replace(/\.wasm$/, "").replace(/^split_|_[0-9a-f]{8,}$/g, "")}-${hash(content)}.wasm`;
  renameSync(join(cut, file), join(site, name));
  return replace(loader, new RegExp(`"\\./${file}"`, "g"), `"./${name}"`);
}

function inline(loader, file, content) {
  const fetched = new RegExp(
    `const src = fetch\\(new URL\\("\\./${file}", import\\.meta\\.url\\)\\);\\s*src\\.catch\\(\\(\\) => \\{\\}\\);\\s*` +
      "return async \\(imports\\) => (\\w*)\\(WebAssembly\\.instantiateStreaming\\(src, imports\\)\\);",
  );
  return replace(loader, fetched, `return async (imports) => $1(WebAssembly.instantiate(decode("${content.toString("base64")}"), imports));`);
}

/** The files of each wing: its own and its chunks, as the loader names them. */
function filesByWing(loader) {
  const wasm = (text) => [...text.matchAll(/new URL\("([^"]+\.wasm)"/g)].map(([, file]) => file);
  const chunk = (variable) => loader.match(new RegExp(`const ${variable} = makeLoad\\(([^]*?), \\[\\]\\);`))?.[1] ?? "";
  const wings = loader.matchAll(/export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\(([^]*?), \[([^\]]*)\]\)\);/g);
  const entries = [...wings].map(([, name, own, chunks]) => {
    const names = chunks.split(",").map((one) => one.trim());
    return [name, [own, ...names.filter(Boolean).map(chunk)].flatMap(wasm)];
  });
  if (entries.length === 0) throw new Error("the loader knows no wing");
  return Object.fromEntries(entries);
}

/** Lets the page fetch its wing while the main part is still on its way. An answer is used once: after a failure the next call fetches anew. */
const prefetching = (files) => `
const FILES = ${JSON.stringify(files)};
const early = new Map();
export function prefetch(wing) {
  for (const file of FILES[wing] ?? []) {
    const { href } = new URL(file, import.meta.url);
    const answer = fetch(href);
    answer.catch(() => {});
    early.set(href, answer);
  }
}
function take({ href }) {
  const answer = early.get(href);
  early.delete(href);
  return answer ?? fetch(href);
}
function decode(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
`;

const main = readdirSync(site).find((name) => /^frontend-[0-9a-f]+\.js$/.test(name));
if (!main) throw new Error(`no frontend-….js in ${site}`);
let loader = replace(readFileSync(join(cut, "__wasm_split.js"), "utf8"), /\.\/frontend\.js/g, `./${main}`);
for (const file of readdirSync(cut).filter((name) => name.endsWith(".wasm"))) loader = moveWasm(loader, file);
// a wing that cannot be fetched is told to its caller, who says it on the page, and by the browser's own line on the console
loader = replace(loader, /console\.error\(e\);/, "");
const files = filesByWing(loader);
loader = replace(loader, /fetch\(new URL\(/g, "take(new URL(") + prefetching(files);
const name = `wings-${hash(loader)}.js`;
writeFileSync(join(site, name), loader);
rmSync(join(site, "snippets"), { recursive: true });

// the import alone: the same name inside the program stays
const script = join(site, main);
writeFileSync(script, replace(readFileSync(script, "utf8"), /(from\s*)"\.\/__wasm_split\.js"/g, `$1"./${name}"`));
// the link is for the service worker, which keeps what the page names
const page = join(site, "index.html");
const link = `<link rel="modulepreload" href="/${name}" nonce="{{__TRUNK NONCE__}}">`;
const html = replace(readFileSync(page, "utf8"), "/__WINGS__", `/${name}`);
writeFileSync(page, replace(html, "</head>", `${link}\n  </head>`));
// for measurements: the size of a page's first visit is main and its wing
writeFileSync(join(site, ".wings.json"), JSON.stringify(files, null, 2));
