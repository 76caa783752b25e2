// What buyers and verifiers ask for, taken from the market that stands: many questions, so that no one answer is measured.
import { Person } from "./product.mjs";

const PAGE = 24;
const WORDS = ["scan", "mri", "knee", "blood", "dental", "therapy", "vaccination", "children", "consultation", "ultrasound", "screening", "home visit"];
const DEMO = { email: "admin@demo.hcts.example", password: "lantern-orchard-seven-rivers" };

let asked = 0;
/** Somebody new at an address of their own. */
export const somebody = () => new Person(`10.200.${(asked += 1) >> 8}.${asked & 255}`);

/** In an order that mixes all kinds, the same each time. */
function mixed(list) {
  let state = 20_260_101;
  const next = (below) => (state = (state * 48_271) % 2_147_483_647) % below;
  const copy = [...list];
  for (let place = copy.length - 1; place > 0; place -= 1) {
    const other = next(place + 1);
    [copy[place], copy[other]] = [copy[other], copy[place]];
  }
  return copy;
}

function questions(facets) {
  const values = (name) => facets.find((facet) => facet.name === name)?.values.map(({ value }) => value) ?? [];
  return [
    ...values("chapter").flatMap((chapter) => [{ chapter }, { chapter, currency: "EUR" }, { chapter, sort: "price" }]),
    ...values("category").flatMap((category) => [{ category }, { category, currency: "USD" }, { category, country: "DE", sort: "-price" }]),
    ...values("country").flatMap((country) => [{ country }, { country, modality: "on_site", sort: "title" }]),
    ...values("city").map((city) => ({ city })),
    ...values("provider").map((provider) => ({ provider })),
    ...WORDS.flatMap((q) => [{ q }, { q, country: "FR" }, { q, currency: "EUR", sort: "price" }]),
    ...[50, 120, 300, 800].map((least) => ({ currency: "EUR", price_min: `${least}`, price_max: `${least * 2}` })),
  ];
}

/** Query strings of market pages, first and later ones, each filtered and full. */
export async function marketQuestions() {
  const search = (question) => somebody().get(`/api/marketplace/services?${new URLSearchParams(question)}`);
  const { facets } = await search({ currency: "EUR" });
  const found = [];
  for (const question of questions(facets)) {
    let page = await search(question);
    for (let number = 1; number <= 2 && page.items.length === PAGE; number += 1) {
      found.push(new URLSearchParams(question).toString());
      if (!page.next) break;
      question.after = page.next;
      page = await search(question);
    }
  }
  return mixed(found);
}

/** Services from all over the market that never sell out, with their prices. */
export async function services(database, count) {
  const rows = await database.query(
    `SELECT l.service_id, l.base_price_minor, l.currency FROM market_listings l JOIN service_capacity c USING (service_id)
     WHERE c.capacity IS NULL ORDER BY md5(l.service_id::text) LIMIT ${count}`.replaceAll("\n", " "),
  );
  return rows.map(([id, price, currency]) => ({ id, price: Number(price), currency }));
}

/** The market's administrator. */
export async function administrator() {
  const admin = somebody();
  await admin.rpc("sign_in", DEMO);
  return admin;
}

/** Codes of certificates in every state. */
export async function certificateCodes(admin, most) {
  const codes = [];
  for (let after = ""; codes.length < most; ) {
    const page = await admin.get(`/api/certificates?${new URLSearchParams(after ? { after } : {})}`);
    codes.push(...page.items.map(({ code }) => code));
    if (!page.next) break;
    after = page.next;
  }
  return mixed(codes);
}
