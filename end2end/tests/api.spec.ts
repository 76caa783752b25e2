// A program that buys and redeems with a client generated from docs/openapi.json, and nothing else.
import * as api from "../generated/sdk.gen";
import { createClient, createConfig, type Client } from "../generated/client";

import type { Member } from "../support/cast";
import { cards, gateway, sessionOf } from "../support/gateway";
import { product } from "../support/product";
import { expect, test } from "../support/test";

/** A client that has signed in as `member`; it keeps the session's cookie as the document says. */
async function signIn(member: Member, address: string): Promise<Client> {
  const headers = { origin: product.url, "x-forwarded-for": address };
  const client = createClient(createConfig({ baseUrl: product.url, headers, throwOnError: true }));
  const { response } = await api.signIn({ client, body: { email: member.email, password: member.password }, throwOnError: true });
  const cookie = response.headers.getSetCookie().find((cookie) => cookie.startsWith("__Host-session="));
  client.setConfig({ headers: { ...headers, cookie: cookie?.split(";")[0] ?? "" } });
  return client;
}

test("a generated client signs in, buys, pays, checks and redeems", async ({ cast }) => {
  const buyer = await signIn(cast.insurer, "10.3.0.1");
  const found = await api.marketSearch({ client: buyer, query: { q: cast.offers.scan.title }, throwOnError: true });
  const service = found.data.items[0];
  expect(service?.title).toBe(cast.offers.scan.title);

  const cart = await api.cartAdd({ client: buyer, body: { service_id: service?.service_id ?? "", quantity: 2 }, throwOnError: true });
  const totals = cart.data.totals.filter((total) => total.total.currency === "EUR");
  const order = await api.purchaseInitiate({
    client: buyer,
    body: {
      idempotency_key: crypto.randomUUID(),
      confirmed_totals: totals.map((total) => total.total),
      confirmed_digests: totals.map((total) => total.digest),
    },
    throwOnError: true,
  });
  const purchase = order.data.purchases[0];
  expect(purchase?.status).toBe("awaiting_payment");

  // a person pays on the payment provider's page
  await gateway.pay(sessionOf(purchase?.payment.hosted_url ?? ""), cards.approves, { mode: "now" });
  const paid = await api.purchaseComplete({ client: buyer, body: { purchase_id: purchase?.id ?? "" }, throwOnError: true });
  expect(paid.data.status).toBe("fulfilled");

  const held = await api.certificateList({ client: buyer, query: { purchase_id: purchase?.id ?? "" }, throwOnError: true });
  expect(held.data.items).toHaveLength(2);
  const code = held.data.items[0]?.code ?? "";
  const before = await api.certificateCheck({ client: buyer, path: { code }, query: { proof: true }, throwOnError: true });
  expect(before.data.state).toBe("valid");

  const clinic = await signIn(cast.provider, "10.3.0.2");
  const redeemed = await api.certificateRedeem({ client: clinic, body: { code, place: "Desk 2" }, throwOnError: true });
  expect(redeemed.data.status).toBe("redeemed");
  const again = await api.certificateRedeem({ client: clinic, body: { code, place: "Desk 2" }, throwOnError: false });
  expect(again.response.status).toBe(409);
  expect(again.error).toMatchObject({ code: "already_redeemed" });
});
