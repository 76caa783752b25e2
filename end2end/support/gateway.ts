// The sandbox payment provider's control door: what happens at the provider while nobody looks at a browser.
import { product } from "./product";

const KEY = process.env.HCTS_GATEWAY_API_KEY ?? "sandbox-api-key";

export type Delivery = { mode: "now" | "twice" | "out_of_order" | "never" } | { mode: "late"; seconds: number };

export interface GatewayEvent {
  id: string;
  type: string;
  payment_id: string;
  attempts: { status: number | null; delivered: boolean }[];
}

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const answer = await fetch(product.gatewayUrl + path, {
    method,
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** The session in the address of a hosted payment page. */
export function sessionOf(address: string): string {
  const id = /\/pay\/(cs_[^/?]+)/.exec(address)?.[1];
  if (!id) throw new Error(`not a payment page: ${address}`);
  return id;
}

export const gateway = {
  /** Pays as a payer whose browser never comes back. */
  pay: (session: string, card: string, delivery: Delivery) =>
    call<{ payment: { id: string; status: string } }>("POST", `/v1/test/sessions/${session}/pay`, { card, delivery }),

  session: (session: string) => call<{ payment_id: string }>("GET", `/v1/checkout_sessions/${session}`),

  async events(payment: string): Promise<GatewayEvent[]> {
    return (await call<{ data: GatewayEvent[] }>("GET", `/v1/test/events?payment_id=${payment}`)).data;
  },

  /** Sends so much of a payment back to the payer, in minor units, as the platform's people do at the provider. */
  refund: (payment: string, amount: number) => call<{ id: string }>("POST", `/v1/payments/${payment}/refund`, { amount }),

  redeliver: (event: string) => call<unknown>("POST", `/v1/test/events/${event}/redeliver`),
};

/** Test cards of the provider. */
export const cards = {
  approves: "4242424242424242",
  declines: "4000000000000002",
} as const;
