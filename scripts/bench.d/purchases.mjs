// Purchases from the cart to the certificate, by buyers who each have an organisation of their own. wrk cannot follow a purchase
// through two programs; this driver's and the gateway's own time is not the server's and not counted, but all share the machine.
import { administrator, somebody, services } from "./addresses.mjs";
import { cpu, cpuOfFamily } from "./processes.mjs";
import { call, product } from "./product.mjs";

const KEY = process.env.HCTS_GATEWAY_API_KEY ?? "sandbox-api-key";
const CARD = "4242424242424242";
const PASSWORD = "saddle-orchid-quarry-lantern";
const MAX_WAIT_MS = 20_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function buyers(count, admin, database) {
  const people = [];
  for (let number = 0; number < count; number += 1) {
    const person = somebody();
    const name = `Measured Mutual ${number}`;
    await person.rpc("sign_up", {
      kind: "insurer",
      organisation: name,
      legal_name: `${name} Ltd`,
      registration_number: `MEASURED-${number}`,
      country: "DE",
      city: "Berlin",
      name: "Robin Sommer",
      email: `robin.${number}@example.org`,
      password: PASSWORD,
    });
    people.push(person);
  }
  for (const [id] of await database.query("SELECT id FROM organisations WHERE registration_number LIKE 'MEASURED-%'")) {
    const { facts_digest } = JSON.parse(await admin.rpc("organisation_detail", { id }));
    await admin.rpc("organisation_verify", { id, facts_digest });
  }
  return people;
}

/** Says of purchases under way when the database holds them as captured. It asks little, as what it asks costs the database, too. */
class Watch {
  #waiting = new Map();
  #stopped = false;

  constructor(database) {
    this.database = database;
  }

  captured(purchase) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(purchase, { resolve, reject, since: Date.now() });
    });
  }

  async run() {
    while (!this.#stopped) {
      await pause(20);
      if (this.#waiting.size === 0) continue;
      const ids = [...this.#waiting.keys()].map((id) => `'${id}'`).join(", ");
      const done = await this.database.query(
        `SELECT purchase_id FROM payments WHERE status = 'captured' AND purchase_id IN (${ids})`,
      );
      for (const [id] of done) {
        this.#waiting.get(id).resolve();
        this.#waiting.delete(id);
      }
      for (const [id, { reject, since }] of this.#waiting) {
        if (Date.now() - since > MAX_WAIT_MS) reject(new Error(`purchase ${id} was not captured in ${MAX_WAIT_MS} ms`));
      }
    }
  }

  stop() {
    this.#stopped = true;
  }
}

let keys = 0;

async function buy(person, service, watch) {
  await person.rpc("cart_add", { service_id: service.id, quantity: "1" });
  const { purchases } = await person.post("/api/purchase/initiate", {
    idempotency_key: `measured-${process.pid}-${(keys += 1)}`,
    confirmed_totals: [{ amount_minor: service.price, currency: service.currency }],
  });
  const [{ id, payment }] = purchases;
  const session = /\/pay\/(cs_[^/?]+)/.exec(payment.hosted_url)[1];
  const captured = watch.captured(id);
  await call("POST", `${product.gateway}/v1/test/sessions/${session}/pay`, {
    json: { card: CARD, delivery: { mode: "now" } },
    headers: { authorization: `Bearer ${KEY}` },
  });
  await captured;
}

/** A purchase counts only with its certificate. */
async function assertCertified(database) {
  const [[missing]] = await database.query(
    `SELECT count(*) FROM payments p JOIN transactions t USING (purchase_id) JOIN transaction_lines l ON l.transaction_id = t.id WHERE p.status = 'captured' AND NOT EXISTS (SELECT FROM certificates c WHERE c.line_id = l.id)`,
  );
  if (missing !== "0") throw new Error(`${missing} lines were paid and have no certificate`);
}

/** Buys with `inFlight` buyers at once for as long as a run lasts. */
export async function purchases(database, inFlight = 32) {
  const people = await buyers(inFlight, await administrator(), database);
  const shelf = await services(database, 500);
  const watch = new Watch(database);
  let until = Infinity;
  let bought = 0;
  const shop = async (person, place) => {
    for (let number = place; performance.now() < until; number += inFlight) {
      await buy(person, shelf[number % shelf.length], watch);
      bought += 1;
    }
  };
  const watching = watch.run();
  const shopping = Promise.all(people.map(shop));
  const measured = (async () => {
    await pause(3000);
    const book = () => ({
      server: cpu(product.server),
      database: cpuOfFamily(product.postmaster),
      others: cpu(product.gatewayProcess) + process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
      bought,
      at: performance.now(),
    });
    const before = book();
    await pause(product.seconds * 1000);
    const after = book();
    until = 0;
    const count = after.bought - before.bought;
    const per = (what) => (after[what] - before[what]) / count;
    return { server: per("server"), database: per("database"), others: per("others"), perSecond: (count * 1000) / (after.at - before.at) };
  })();
  const [figures] = await Promise.all([measured, shopping]).finally(() => watch.stop());
  await watching;
  await assertCertified(database);
  return figures;
}
