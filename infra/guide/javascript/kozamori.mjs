// Sends events to Kozamori and takes its callbacks. Node 18 or newer, nothing else.
//
//     node kozamori.mjs send ACCOUNT_REF YEN
//     node kozamori.mjs receive PORT
//     node kozamori.mjs vector FILE
//
// KOZAMORI_URL, KOZAMORI_BANK and KOZAMORI_BANK_SECRET (whsec_...) say where to
// and as whom.

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const CLOCK = 300; // seconds by which a callback's time may be off
const LARGEST = 1 << 20; // bytes of a callback
const { KOZAMORI_URL, KOZAMORI_BANK, KOZAMORI_BANK_SECRET } = process.env;

// sign makes the signature of a body (a Buffer), as it stands in webhook-signature.
function sign(secret, id, timestamp, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return "v1," + createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

function same(a, b) {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

// verified tells whether the sender knows the secret, and sent this within the last minutes.
function verified(secret, headers, body, now) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (!id || !/^\d{1,12}$/.test(timestamp ?? "") || !signatures || Math.abs(now - Number(timestamp)) > CLOCK) return false;
  const want = sign(secret, id, timestamp, body);
  return signatures.split(" ").some((given) => same(given, want)); // while a secret is being replaced there are two
}

async function send(accountRef, yen) {
  const now = new Date();
  const name = randomUUID();
  const event = {
    id: "evt-" + name, // of this message: the same when it is sent again
    type: "debit",
    transaction_id: "txn-" + name, // of the debit: the same from pending to reversed
    account_ref: accountRef,
    occurred_at: now.toISOString(),
    amount: Number(yen),
    currency: "JPY",
    descriptor: "ﾄﾞｺﾓｺｳｻﾞ",
    status: "posted",
  };
  const body = Buffer.from(JSON.stringify({ events: [event] }));
  const [id, timestamp] = ["msg-" + name, String(Math.floor(now / 1000))];
  const answer = await fetch(`${KOZAMORI_URL}/v1/banks/${KOZAMORI_BANK}/events`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": sign(KOZAMORI_BANK_SECRET, id, timestamp, body),
    },
    signal: AbortSignal.timeout(30_000),
  });
  console.log(answer.status, await answer.text());
  // 429 and 5xx: send the same again, with the same webhook-id, after Retry-After.
  if (!answer.ok) process.exitCode = 1;
}

function receive(port) {
  const seen = new Set(); // belongs into your database
  const server = createServer(async (request, answer) => {
    const parts = [];
    let length = 0;
    for await (const part of request) {
      if ((length += part.length) > LARGEST) return answer.writeHead(413).end();
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    if (!verified(KOZAMORI_BANK_SECRET, request.headers, body, Date.now() / 1000)) return answer.writeHead(401).end();
    // The same webhook-id may come again: it is taken once, and answered 2xx each time.
    const id = request.headers["webhook-id"];
    if (!seen.has(id)) {
      seen.add(id);
      const told = JSON.parse(body);
      console.log(told.type, told.reference ?? "-");
    }
    answer.writeHead(204).end();
  });
  server.listen(port, "127.0.0.1", () => console.log("listening on", server.address().port));
}

function vector(file) {
  const v = JSON.parse(readFileSync(file, "utf8"));
  console.log(sign("whsec_" + Buffer.from(v.key).toString("base64"), v.id, v.timestamp, Buffer.from(v.body)));
}

const [what, ...args] = process.argv.slice(2);
const does = { send: [send, 2], receive: [receive, 1], vector: [vector, 1] }[what];
if (!does || args.length !== does[1]) {
  console.error("send ACCOUNT_REF YEN, receive PORT, or vector FILE");
  process.exit(2);
}
await does[0](...args);
