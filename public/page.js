// What a page can do before its browser half is there, and what still works after that half has failed. A plain script in the head, so
// that it runs before the first event.

/** True once the browser half has crashed: from then on links and forms belong to the browser alone. */
let crashed = false;
/** Where a crash would leave the person half way: the address of the link that was followed or of the page whose form was sent. */
let destination = "";
const root = document.documentElement;
const language = root.lang;

// A WebAssembly trap is a panic of the browser half: its memory can no longer be trusted.
const onError = (error) => {
  if (crashed || !(error instanceof WebAssembly.RuntimeError)) return;
  crashed = true;
  root.dataset.crashed = "";
  if (destination === location.href) location.reload();
  else if (destination) location.assign(destination);
  else sayCrashed();
};

/** Says it in the region above the page that screen readers watch. */
function sayCrashed() {
  const note = document.createElement("p");
  const reload = Object.assign(document.createElement("a"), { href: location.href, textContent: "Reload this page" });
  const text = "Some features of this page have stopped working. Links and forms still work. ";
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  note.lastChild.append(reload);
  document.querySelector("main > .offline")?.replaceChildren(note);
}
addEventListener("error", (event) => onError(event.error));
addEventListener("unhandledrejection", (event) => onError(event.reason));

// A translator replaces text nodes that the browser half still holds: what it changes later would not be seen. A whole page is right again.
const isTranslated = () => root.lang !== language || document.querySelector("font") !== null;

const linkOf = (event) => (event.target instanceof Element ? event.target.closest("a[href]") : null);

// Listeners of the browser half come later than these, on the same window or inside of it.
addEventListener(
  "click",
  (event) => {
    const link = linkOf(event);
    if (link) rememberPlace(location.href, link);
    destination = link && link.origin === location.origin && !event.ctrlKey && !event.metaKey && !event.shiftKey ? link.href : "";
    if (crashed || (link && isTranslated())) event.stopImmediatePropagation();
  },
  true,
);
addEventListener(
  "submit",
  (event) => {
    rememberPlace(location.href);
    destination = location.href;
    if (crashed || isTranslated()) event.stopImmediatePropagation();
  },
  true,
);
// After something has been typed a page is not loaded anew: the text would be lost.
addEventListener("input", () => (destination = ""), true);
for (const kind of ["input", "change", "keydown", "keyup", "focusin", "focusout", "pointerdown", "toggle", "close"]) {
  addEventListener(kind, (event) => crashed && event.stopImmediatePropagation(), true);
}

// The browser's offer to install the site: it often comes before the browser half, which asks for it here.
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  window.installPrompt = event;
});

// What could not be shown without a network is loaded as soon as the server answers: a network is often back a moment before it is.
const RETRY_EVERY = 3_000;
const reloadWhenReachable = async () => {
  const isOffline = () => document.querySelector("[data-offline]") !== null;
  if (!isOffline() || !navigator.onLine) return;
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok && isOffline()) location.reload();
};
addEventListener("online", reloadWhenReachable);
setInterval(reloadWhenReachable, RETRY_EVERY);

/** Fields of the page's forms that save something. A cart's fields stand outside of their form and name it. */
const fields = () =>
  [...document.querySelectorAll("main :is(input, textarea, select)")].filter((field) => field.form?.method === "post" && field.type !== "hidden");

const isTyped = (field) =>
  field instanceof HTMLSelectElement
    ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0
    : field.value !== field.defaultValue || field.checked !== field.defaultChecked;

/** Whether a form of the page holds something that loading the page anew would lose; the browser half asks before it changes to a new version. */
window.hasUnsavedInput = () => fields().some(isTyped);

// What was typed on a page that is left to sign in again, or to switch back to its organisation, stays in this tab for the same person,
// organisation and page. A key begins with its person, as `app/src/user_storage.rs` writes it, which removes what another person left.

/** Key of what was typed on this page; empty for a visitor. */
function typedKey() {
  const madeFor = document.body.dataset.madeFor ?? "";
  const [person] = madeFor.split(".");
  const search = new URLSearchParams(location.search);
  for (const name of ["__path", "__err"]) search.delete(name);
  return person ? `person:${person}:typed:${madeFor}:${location.pathname}?${search}` : "";
}

/** Fields with a name that is the same when the page is loaded anew. A password or a file is never kept; a long form keeps its own draft. */
function namedFields() {
  const seen = new Map();
  const kept = fields().filter((field) => field.name && !["password", "file"].includes(field.type) && !field.closest("[data-draft]"));
  return kept.map((field) => {
    const name = `${field.form.getAttribute("action")} ${field.name}`;
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    return [`${name} ${place}`, field];
  });
}

/** Keeps what was typed; the browser half calls it before it leaves the page by itself. */
window.keepTyped = () => {
  const typed = namedFields().filter(([, field]) => isTyped(field));
  const values = typed.map(([name, field]) => [name, field.value, field.checked === true]);
  try {
    if (typedKey() && values.length) sessionStorage.setItem(typedKey(), JSON.stringify(values));
  } catch {
    // a browser that stores nothing
  }
};

/** Returns what was kept for this page, once. */
function takeTyped() {
  try {
    const kept = typedKey() && sessionStorage.getItem(typedKey());
    if (kept) sessionStorage.removeItem(typedKey());
    return kept;
  } catch {
    return null;
  }
}

/** Fills in what was kept; the browser half calls it once its controls answer. */
window.restoreTyped = () => {
  const kept = takeTyped();
  if (!kept) return;
  const byName = new Map(namedFields());
  for (const [name, value, checked] of JSON.parse(kept)) {
    const field = byName.get(name);
    if (!field) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = checked;
    else field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
};

// Links and forms that lead away and back again.
const keepsTyped = (event) => event.target instanceof Element && event.target.closest("[data-keeps-typed]") && window.keepTyped();
addEventListener("click", keepsTyped, true);
addEventListener("submit", keepsTyped, true);

// Where a page of this window was left, by its address. The browser restores the place itself only for pages it loads whole.
const places = new Map();
let current = location.href;

const scrollers = () => [...document.querySelectorAll("main .table-scroll")];

const linksTo = (href) => document.querySelectorAll(`main a[href="${CSS.escape(href)}"]`);

/** Keeps the place by a link as well that leads where no other does: rows that were never drawn have no height. Best is the one that is
 * followed, since what stands beside the rows does not move with them; else it is the first one in sight. */
function rememberPlace(address, followed) {
  const isAnchor = (one) => one.getBoundingClientRect().top >= 0 && linksTo(one.getAttribute("href")).length === 1;
  const isFollowed = followed?.closest("main") && isAnchor(followed);
  const link = isFollowed ? followed : [...document.querySelectorAll("main a[href]")].find(isAnchor);
  places.set(address, {
    top: scrollY,
    href: link?.getAttribute("href") ?? "",
    offset: link?.getBoundingClientRect().top,
    scrollers: scrollers().map((one) => [one.scrollLeft, one.scrollTop]),
  });
}

const pushState = history.pushState;
history.pushState = function (...args) {
  pushState.apply(this, args);
  current = location.href;
};

addEventListener("popstate", (event) => {
  const left = new URL(current);
  current = location.href;
  if (left.pathname === location.pathname && left.search === location.search) return;
  if (crashed || isTranslated()) {
    event.stopImmediatePropagation();
    location.reload();
    return;
  }
  rememberPlace(left.href);
  restorePlace(places.get(current), left.pathname !== location.pathname);
});

/** Goes back to a place as soon as the page is long enough, and holds it while the page is still growing. */
function restorePlace(place, isOtherPage) {
  if (!place?.top && !place?.scrollers.some((one) => one.some(Boolean))) return;
  const heading = document.querySelector("main h1");
  const end = performance.now() + 10_000;
  let held = 0;
  let moved = false;
  const move = () => (moved = true);
  const acts = ["wheel", "touchstart", "keydown", "pointerdown"];
  for (const act of acts) addEventListener(act, move, { passive: true, once: true });
  const step = () => {
    if (moved || held > 30 || performance.now() > end) {
      for (const act of acts) removeEventListener(act, move);
      return;
    }
    const link = linksTo(place.href)[0];
    const before = scrollY;
    scrollTo({ top: link ? scrollY + link.getBoundingClientRect().top - place.offset : place.top, behavior: "instant" });
    scrollers().forEach((one, index) => one.scrollTo(...(place.scrollers[index] ?? [0, 0])));
    const isShown = !isOtherPage || document.querySelector("main h1") !== heading;
    const isThere = Math.abs(scrollY - before) < 1 && (link || Math.abs(scrollY - place.top) < 1);
    held = isShown && isThere ? held + 1 : 0;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
