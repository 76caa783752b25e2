// The product under load, as scripts/bench started it, and a way to talk to it.
import http from "node:http";

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this with scripts/bench`);
  return value;
}

export const product = {
  origin: `http://${setting("HCTS_LISTEN")}`,
  gateway: setting("HCTS_GATEWAY_URL"),
  site: setting("HCTS_SITE_DIR"),
  database: setting("BENCH_DATABASE"),
  place: setting("BENCH_PLACE"),
  seconds: Number(setting("BENCH_SECONDS")),
  server: Number(setting("BENCH_SERVER")),
  gatewayProcess: Number(setting("BENCH_GATEWAY")),
  postmaster: Number(setting("BENCH_POSTMASTER")),
};

const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });

/** One request: `json` or `form` is its body. Answers anything but 2xx with an error. */
export function call(method, url, { json, form, headers = {} } = {}) {
  const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
  const kind = json === undefined ? "application/x-www-form-urlencoded" : "application/json";
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? headers : { ...headers, "content-type": kind, "content-length": Buffer.byteLength(body) };
    const request = http.request(url, { method, agent, headers: sent }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode >= 200 && answer.statusCode < 300) resolve({ text, headers: answer.headers });
        else reject(new Error(`${method} ${url}: ${answer.statusCode} ${text.slice(0, 400)}`));
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Somebody with a network address and, once signed in, a session. */
export class Person {
  #headers;

  constructor(address) {
    this.#headers = { "x-forwarded-for": address, "sec-fetch-site": "same-origin", accept: "application/json" };
  }

  /** Calls a server function as a page does; keeps the session it brings. */
  async rpc(name, form) {
    const { headers, text } = await call("POST", `${product.origin}/rpc/${name}`, { form, headers: this.#headers });
    const session = headers["set-cookie"]?.find((cookie) => cookie.startsWith("__Host-session="));
    if (session) {
      this.#headers.cookie = session.split(";")[0];
      const page = await call("GET", `${product.origin}/check`, { headers: { ...this.#headers, accept: "text/html" } });
      this.#headers["x-hcts-made-for"] = /data-made-for="([^"]*)"/.exec(page.text)?.[1] ?? "";
    }
    return text;
  }

  async get(path) {
    return JSON.parse((await call("GET", product.origin + path, { headers: this.#headers })).text);
  }

  async post(path, json) {
    return JSON.parse((await call("POST", product.origin + path, { json, headers: this.#headers })).text);
  }
}
