// The service worker: keeps the offline shell and the files it is made of, and nothing else. Pages, server functions and the API carry
// personal data; they come from the network or not at all.

// The build puts a fingerprint of the site here. Browsers look for a new worker by comparing its bytes, so each new site has a new worker.
const SITE = "site-__SITE__";
// The page without a server behind it; the browser half fills it.
const SHELL = "/offline-shell";
// What the shell is made of. Requests for anything else do not pass through here.
const PART = /\.(?:css|js|wasm|woff2|png|svg|webmanifest)$/;
// A file of this site, as pages, style sheets and the manifest name it. Read from what is served: no list to generate, none to forget.
const NAMED = /["'(](\/(?!\/)[^"'()\s]*\.\w+)["')]/g;

self.addEventListener("install", (event) => event.waitUntil(keepSite()));

// From here on the new version is the only one; pages that are open keep what they have loaded.
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([forgetOlderSites(), self.clients.claim()])));

// A new worker waits until a page asks for it: a version that changed under an open form would lose what was typed.
self.addEventListener("message", (event) => {
  if (event.data === "update") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (request.mode === "navigate") {
    // an answer of the server stands, whatever it says: only where there is none, the shell takes its place
    event.respondWith(fetch(request).catch(async () => (await kept(SHELL)) ?? Response.error()));
  } else if (origin === self.location.origin && PART.test(pathname)) {
    event.respondWith(kept(request).then((part) => part ?? fetch(request)));
  }
});

// The shell keeps its Content-Security-Policy, and with it the nonce that its scripts carry. Encodings are the browser's business.
async function kept(request) {
  const site = await caches.open(SITE);
  return site.match(request, { ignoreVary: true });
}

async function keepSite() {
  const site = await caches.open(SITE);
  const seen = new Set();
  const keep = async (address) => {
    if (seen.has(address)) return;
    seen.add(address);
    const answer = await fetch(address);
    // half a site is none: the browser tries again with the next page
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    const names = /html|css|manifest/.test(answer.headers.get("content-type")) ? [...(await answer.clone().text()).matchAll(NAMED)] : [];
    await Promise.all([site.put(address, answer), ...names.map(([, name]) => keep(name))]);
  };
  await keep(SHELL);
}

async function forgetOlderSites() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("site-") && name !== SITE).map((name) => caches.delete(name)));
}
