// For `make dev` alone: stands before the server, adds to each page a line that reloads it once a restarted server is ready.
import http from "node:http";

const [listen, behind] = process.argv.slice(2).map(Number);
const waiting = new Set();
let up = true;

const probe = () =>
  http
    .get({ host: "127.0.0.1", port: behind, path: "/readyz" }, (answer) => {
      answer.resume();
      if (!up && answer.statusCode === 200) {
        up = true;
        for (const page of waiting) page.write("data: reload\n\n");
      }
    })
    .on("error", () => (up = false));
setInterval(probe, 300);

// The page's own nonce lets the line pass its content security policy.
function line(headers) {
  const nonce = /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "")?.[1] ?? "";
  return `<script nonce="${nonce}">new EventSource("/__reload").onmessage = () => location.reload()</script>`;
}

function pass(request, response) {
  if (request.url === "/__reload") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": waiting\n\n");
    waiting.add(response);
    return response.on("close", () => waiting.delete(response));
  }
  const { "accept-encoding": _, ...headers } = request.headers;
  const onward = http.request(
    { host: "127.0.0.1", port: behind, path: request.url, method: request.method, headers },
    (answer) => {
      const page = answer.headers["content-type"]?.startsWith("text/html");
      if (page) delete answer.headers["content-length"];
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response, { end: !page });
      if (page) answer.on("end", () => response.end(line(answer.headers)));
    },
  );
  onward.on("error", () => {
    if (!response.headersSent) response.writeHead(503, { "content-type": "text/html", refresh: "1" });
    response.end("The server is being restarted.");
  });
  request.pipe(onward);
}

http.createServer(pass).listen(listen, "127.0.0.1");
