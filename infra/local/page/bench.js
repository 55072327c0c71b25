// The workbench: events of one's own, time that passes, mails in full, what waits.
import { clock, h, post, redraw } from "./dom.js";

const $ = (id) => document.getElementById(id);
const drawn = {};
function changed(part, value) {
  const s = JSON.stringify(value);
  const is = drawn[part] !== s;
  drawn[part] = s;
  return is;
}

const pretty = (v) => typeof v === "string" ? v : JSON.stringify(v, null, 2);

export function tenants(banks) {
  if (!changed("banks", banks)) return;
  $("own-bank").replaceChildren(...banks.map((b) => h("option", { value: b.code, lang: "ja" }, `${b.name} ${b.mask}`)));
}

// last is what was sent last, so that it can be sent again under the same id, or
// edited.
let last = null;

async function send(event) {
  const res = await post("sim/events", event);
  const said = $("own-said");
  if (!res.ok) { said.textContent = res.value.message || "it failed"; return; }
  last = { bank: event.bank, body: res.value.request, webhook_id: event.webhook_id || "", again: true };
  $("own-again").disabled = $("own-edit").disabled = false;
  const b = res.value.body || {};
  said.textContent = `${res.value.status}: ${b.accepted ?? 0} accepted` + ((b.rejected || []).length ? `, ${b.rejected.length} rejected: ` + b.rejected.map((r) => `${r.field || ""} ${r.problem}`).join("; ") : "");
}

$("own").addEventListener("submit", (e) => {
  e.preventDefault();
  const raw = $("own-body").value.trim();
  let body;
  try { body = raw ? JSON.parse(raw) : undefined; } catch (err) { $("own-said").textContent = "The body is not JSON: " + err.message; return; }
  const debit = $("own-type").value.startsWith("debit");
  const name = $("own-descriptor").value;
  send({ bank: $("own-bank").value, type: $("own-type").value, descriptor: name, amount: debit ? Number($("own-amount").value) : 0,
    ago_minutes: Number($("own-ago").value), transaction_id: $("own-txn").value, body, webhook_id: "msg_own_" + crypto.randomUUID() });
});
$("own-again").addEventListener("click", () => last && send(last));
$("own-edit").addEventListener("click", () => { if (last) { $("own-body").value = pretty(last.body); $("own-body").focus(); } });

for (const b of document.querySelectorAll("[data-skip]")) {
  b.addEventListener("click", async () => {
    const res = await post("sim/clock", JSON.parse(b.dataset.skip));
    $("clock-said").textContent = res.ok ? `It is ${when(res.value.now)} now.` : res.value.message;
  });
}

const when = (at) => new Date(at).toLocaleString("en-GB", { timeZone: "Asia/Tokyo", dateStyle: "medium" }) + " " + clock(at);
const seconds = (n) => n < 120 ? `${n} s` : n < 7200 ? `${Math.round(n / 60)} min` : `${(n / 3600).toFixed(1)} h`;

export function newTime(now, ahead, records) {
  $("clock-now").textContent = when(now) + (ahead ? `, ${seconds(ahead)} ahead of this machine` : "");
  const picture = $("latency-picture");
  if ($("latency").open && changed("latency", [records, now.slice(0, 16)])) draw(picture);
}
function draw(picture) {
  picture.hidden = false;
  picture.alt = "How long each of the latest alerts took, from the bank’s POST until LINE or mail had accepted it";
  picture.src = "sim/latency.svg?" + Date.now();
}
$("latency").addEventListener("toggle", () => { if ($("latency").open) draw($("latency-picture")); });

// A mail in each of its forms.
let as = "html", shown = "";
export async function showAs(id) {
  shown = id;
  $("letter-as").hidden = false;
  $("letter").hidden = as !== "html";
  $("letter-plain").hidden = as === "html";
  if (as === "html") { $("letter").src = `sim/mail/messages/${id}/html`; return; }
  const all = (await (await fetch("sim/mail/messages")).json()).messages;
  const m = all.find((x) => x.id === shown);
  if (!m) return;
  const head = [["From", m.from], ["To", m.to], ["Bcc", (m.bcc || []).join(", ")], ["Reply-To", (m.reply_to || []).join(", ")], ["Subject", m.subject],
    ...Object.entries(m.headers || {}), ["X-SES-Configuration-Set", m.configuration_set || ""], ...Object.entries(m.tags || {}).map(([k, v]) => ["X-SES-Message-Tags", `${k}=${v}`])];
  $("letter-plain").textContent = as === "text" ? m.text : head.filter(([, v]) => v).map(([k, v]) => `${k}: ${v}`).join("\n");
}
for (const b of document.querySelectorAll("[data-as]")) {
  b.addEventListener("click", () => {
    as = b.dataset.as;
    for (const x of document.querySelectorAll("[data-as]")) x.setAttribute("aria-pressed", String(x === b));
    if (shown) showAs(shown);
  });
}

export function health(v) {
  if (!changed("health", { ...v, at: 0 })) return;
  const oldest = {};
  for (const lane of Object.values(v.lanes)) for (const [ch, n] of Object.entries(lane.oldest_seconds || {})) oldest[ch] = Math.max(oldest[ch] || 0, n);
  const line = (name, ...cells) => h("tr", {}, h("th", { scope: "row" }, name), cells.map((c) => h("td", {}, c)));
  const head = (...cells) => h("tr", {}, cells.map((c) => h("th", { scope: "col" }, c)));
  const down = (v.down || []).map((d) => h("p", {}, h("span", { class: "pill opened" }, "down"), ` ${d.provider} since ${clock(d.since)}, asked again at ${clock(d.next_probe)}`));
  $("health-now").replaceChildren(
    h("table", {}, h("thead", {}, head("Oldest telling that waits", "for")), h("tbody", {},
      Object.keys(oldest).length ? Object.entries(oldest).map(([ch, n]) => line(ch, seconds(n))) : line("over any channel", "nothing waits"))),
    h("table", {}, h("thead", {}, head("Queue", "waiting", "in work", "dead")), h("tbody", {},
      Object.entries(v.queues).map(([n, d]) => line(n, d.waiting ?? 0, d.in_flight ?? 0, d.dead ?? 0)))), ...down);
}

export function deadLetters(list) {
  if (!changed("dead", list)) return;
  $("dead-count").textContent = list.length;
  $("dead").replaceChildren(...(list.length ? list.map((d) => h("p", {}, h("b", {}, d.queue), ` ${clock(d.at)}, after ${d.tries} tries: ${d.why}`)) : [h("p", { class: "none" }, "None.")]));
}

export function talked(list, names) {
  if (!changed("talked", list) || !list.length) return;
  const open = new Set([...document.querySelectorAll("#talked details[open]")].map((d) => d.dataset.id));
  redraw($("talked"), ...list.map((x) => {
    const id = x.webhook_id + x.at;
    const el = h("details", { "data-id": id }, h("summary", {}, `${clock(x.at, true)} ${names[x.bank]}: ${x.what}${x.status ? " → " + x.status : ""}`),
      h("pre", { tabindex: "0", "aria-label": "Body of the request" }, pretty(x.request)), x.reply ? h("pre", { tabindex: "0", "aria-label": "Body of the answer" }, pretty(x.reply)) : null);
    el.open = open.has(id);
    return el;
  }));
}
