// The page: asks for the state at each change, and shows what is new.
import { clock, h, ms, post, redraw, span, yen } from "./dom.js";
import { rewind, showPhones } from "./phone.js";
import { deadLetters, health, newTime, showAs, talked, tenants } from "./bench.js";

const $ = (id) => document.getElementById(id);
const names = {};

function news(part) {
  if (document.body.dataset.tab !== part) document.querySelector(`[data-to=${part}]`).classList.add("news");
}

function go(part) {
  document.body.dataset.tab = part;
  for (const b of document.querySelectorAll("[data-to]")) {
    b.setAttribute("aria-current", String(b.dataset.to === part));
    if (b.dataset.to === part) b.classList.remove("news");
  }
  if (part === "phones") rewind();
}
for (const b of document.querySelectorAll("[data-to]")) b.addEventListener("click", () => go(b.dataset.to));
go("bank");

// changed tells whether a part must be drawn again.
const drawn = {};
function changed(part, value) {
  const s = JSON.stringify(value);
  const is = drawn[part] !== s;
  drawn[part] = s;
  return is;
}

function samples(list) {
  if (!changed("samples", list)) return;
  $("samples").replaceChildren(...list.map((s) => {
    const said = h("div", { class: "said", role: "status" });
    const button = h("button", { class: "sample", type: "button", "data-file": s.File },
      h("strong", {}, h("b", {}, s.Title), h("em", {}, names[s.Bank])), h("span", {}, s.Says));
    button.addEventListener("click", async () => {
      button.setAttribute("aria-busy", "true");
      const start = performance.now();
      const res = await post("sim/send/" + s.File);
      button.removeAttribute("aria-busy");
      const body = res.value.body || {};
      const took = span(performance.now() - start);
      said.className = res.ok && res.value.status === 202 ? "said" : "said bad";
      said.replaceChildren(res.ok ? `${res.value.status}: ${body.accepted ?? 0} accepted, ${(body.rejected || []).length} rejected, in ${took}` : res.value.message || "it failed",
        (body.rejected || []).length ? h("ul", {}, body.rejected.map((r) => h("li", {}, `#${r.index} ${r.field || ""} ${r.problem}`))) : "");
    });
    return h("div", {}, button, said);
  }));
}

const statuses = ["received", "frozen", "refunded", "closed"];

function disputes(list) {
  if (!changed("books", list)) return;
  $("disputes-count").textContent = list.length;
  if (!list.length) return;
  if (drawn.books !== undefined && document.body.dataset.ready) news("bank");
  // What somebody is typing stays.
  const typed = new Map([...document.querySelectorAll(".dispute")].map((d) => [d.dataset.id, d.querySelector("input").value]));
  redraw($("disputes"), ...list.toReversed().map((d) => {
    const text = h("input", { "aria-label": "Words to the person", placeholder: "口座を止めました。返金の手続きをします。", lang: "ja" });
    text.value = typed.get(d.dispute_id) || "";
    const said = h("p", { role: "status" });
    const set = async (status) => {
      const res = await post(`sim/bank/${d.bank}/disputes/${encodeURIComponent(d.dispute_id)}/status`, { status, text: text.value });
      said.textContent = res.ok ? "" : `${res.status}: ${res.value.title || res.value.detail || "refused"}`;
      if (res.ok) text.value = "";
    };
    return h("article", { class: "dispute", "data-id": d.dispute_id, "data-status": d.status },
      h("header", {}, h("b", {}, d.reference), h("span", { class: "pill " + d.status }, d.status)),
      h("p", { class: "sum" }, `${names[d.bank]} · ${sum(d)}`),
      h("p", {}, `transaction ${d.transaction_id}`),
      h("p", {}, d.signed ? h("span", { class: "pill signed" }, "✓ signature valid") : h("span", { class: "pill opened" }, "signature not valid"), ` told ${clock(d.at, true)}`),
      d.text ? h("p", { lang: "ja" }, `「${d.text}」`) : null,
      d.status === "closed" ? null : h("div", { class: "answer" }, text, h("div", {}, statuses.map((s) => h("button", { type: "button", "data-set": s, on: { click: () => set(s) } }, s)))),
      said);
  }));
}

// answers are what a bank can say of a stop, by how it stands.
const answers = { requested: ["applied", "refused", "not_offered"], withdrawn: ["lifted", "kept"], refused: ["applied"], not_offered: ["applied"], applied: ["lifted"], kept: ["lifted"] };

function stops(list) {
  if (!changed("stops", list)) return;
  $("stops-count").textContent = list.length;
  $("stops-title").hidden = !list.length;
  if (!list.length) return $("stops").replaceChildren();
  if (drawn.stops !== undefined && document.body.dataset.ready) news("bank");
  const typed = new Map([...document.querySelectorAll(".stop")].map((d) => [d.dataset.id, d.querySelector("input").value]));
  $("stops").replaceChildren(...list.toReversed().map((c) => {
    const text = h("input", { "aria-label": "Words to the people", placeholder: "この口座では、窓口でのお手続きが必要です。", lang: "ja" });
    text.value = typed.get(c.control_id) || "";
    const said = h("p", { role: "status" });
    const set = async (state) => {
      const res = await post(`sim/bank/${c.bank}/controls/${encodeURIComponent(c.control_id)}/state`, { state, text: text.value });
      said.textContent = res.ok ? "" : `${res.status}: ${res.value.reason || res.value.title || "refused"}`;
      if (res.ok) text.value = "";
    };
    const what = [c.service, c.until && "until " + clock(c.until), c.per_charge && yen(c.per_charge) + " a debit", c.per_month && yen(c.per_month) + " a month"].filter(Boolean).join(", ");
    return h("article", { class: "dispute stop", "data-id": c.control_id, "data-status": c.state },
      h("header", {}, h("b", {}, c.reference), h("span", { class: "pill " + (c.state === "applied" ? "closed" : "opened") }, c.state)),
      h("p", { class: "sum" }, `${names[c.bank]} · ${c.control}${what ? `: ${what}` : ""}`),
      h("p", {}, h("span", { class: "pill signed" }, "✓ signature valid"), ` told ${clock(c.at, true)}`),
      c.text ? h("p", { lang: "ja" }, `「${c.text}」`) : null,
      answers[c.state] ? h("div", { class: "answer" }, text, h("div", {}, answers[c.state].map((s) => h("button", { type: "button", "data-set": s, on: { click: () => set(s) } }, s)))) : null,
      said);
  }));
}

// sum is what a dispute is about: all of its debits, and links.
function sum(d) {
  const all = d.last.transactions || [d];
  const debits = all.filter((x) => x.amount), links = all.length - debits.length;
  return [debits.length ? yen(debits.reduce((n, x) => n + x.amount, 0)) + (debits.length > 1 ? ` (${debits.length} debits)` : "") : "",
    links ? `${links > 1 ? links + " charge links" : "charge link"}` : ""].filter(Boolean).join(" + ");
}

const kinds = { debit: "debit", "charge_link.registered": "charge link" };

function records(list) {
  if (!changed("records", list) || !list.length) return;
  news("records");
  redraw($("traces"), ...list.map((t) => {
    const done = t.steps.filter((s) => s.at).sort((a, b) => ms(a.at) - ms(b.at));
    const wait = t.steps.filter((s) => !s.at);
    const at = (name) => done.find((s) => s.name === name && !s.note);
    const told = at("LINE accepted") || at("mail accepted");
    const fast = told && h("span", { class: "fast" }, h("b", {}, span(ms(told.at) - ms(at("received").at))), " from the bank’s POST to " + told.name.split(" ")[0]);
    return h("article", { class: "trace", "data-id": t.id },
      h("header", {}, h("b", { lang: "ja" }, t.what), t.amount ? h("span", { class: "yen" }, yen(t.amount)) : h("span", {}, kinds[t.kind] || t.kind),
        t.critical ? h("span", { class: "pill opened" }, "critical") : null, t.undone ? h("span", { class: "pill closed" }, t.uncertain ? "perhaps undone" : "undone") : null, fast),
      h("p", { class: "reasons" }, `${names[t.bank]} · ${t.descriptor ? `「${t.descriptor}」 · ` : ""}${t.reasons.length ? t.reasons.join(", ") : "recorded, not told"}`),
      h("ol", { class: "steps" },
        done.map((s, i) => h("li", { class: s.name === "bank told" ? "end" : "" }, h("b", {}, s.name), s.note ? s.note.replace("_", " ") + " " : "",
          h("time", {}, i ? "+" + span(ms(s.at) - ms(done[i - 1].at)) : clock(s.at, true)))),
        wait.map((s) => h("li", { class: (s.note || "").startsWith("undelivered") ? "bad" : "wait" }, h("b", {}, s.name), s.note || "…"))),
      scale(t, done.length));
  }));
}

// scale is the timeline of a record to scale, drawn when it is asked for.
const unfolded = new Set();
function scale(t, steps) {
  const picture = () => h("img", { alt: "What happened when, to scale; the steps are listed above", src: `sim/records/${encodeURIComponent(t.id)}/timeline.svg?${steps}` });
  const el = h("details", {}, h("summary", {}, "To scale"));
  if (unfolded.has(t.id)) { el.open = true; el.append(picture()); }
  el.addEventListener("toggle", () => {
    if (el.open) { unfolded.add(t.id); if (!el.querySelector("img")) el.append(picture()); } else unfolded.delete(t.id);
  });
  return el;
}

let open = "";

function mails(list) {
  if (!changed("mails", list)) return;
  $("mail-count").textContent = list.length;
  if (!list.length) return;
  const show = (m) => {
    open = m.id;
    showAs(m.id);
    for (const b of document.querySelectorAll(".letter")) b.setAttribute("aria-current", String(b.dataset.id === open));
  };
  news("mail");
  redraw($("letters"), ...list.toReversed().map((m) => h("button", { class: "letter", type: "button", "data-id": m.id, on: { click: () => show(m) } },
    h("strong", {}, m.from_name, h("time", {}, clock(m.at))), h("span", { lang: "ja" }, m.subject), h("em", {}, "to " + m.to))));
  show(list.at(-1));
}

function real(v) {
  if (!v.real || document.querySelector("#phones .real")) return;
  const el = $("real").content.firstElementChild.cloneNode(true);
  el.querySelector("code").textContent = "/line/webhook";
  el.querySelector("button").addEventListener("click", async () => {
    const b = v.banks[0];
    const res = await post(`sim/bank/${b.code}/codes`, { account_ref: b.ref, account_mask: b.mask });
    const c = res.value;
    el.querySelector(".code").replaceChildren(res.ok ? h("p", {}, `Send this to the channel until ${new Date(c.expires_at).toLocaleTimeString()}:`, h("b", {}, c.code)) : h("p", {}, c.title || "refused"),
      c.qr_svg ? h("img", { alt: "opens the chat with the code typed in", src: "data:image/svg+xml," + encodeURIComponent(c.qr_svg) }) : "");
  });
  $("phones").append(el);
}

// One question at a time; what changes meanwhile is asked for afterwards.
let asking = false, again = false;
async function update() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const v = await (await fetch("sim/state")).json();
    for (const b of v.banks) names[b.code] = b.name;
    if (changed("desks", v.banks)) $("desks").replaceChildren(...v.banks.map((b) => h("a", { href: b.desk, target: "_blank", rel: "noopener", lang: "ja" }, `${b.name}のデスク`)));
    samples(v.samples);
    showPhones(v.phones, news, v.now);
    real(v);
    disputes(v.books);
    stops(v.stops);
    records(v.records);
    mails(v.mails);
    tenants(v.banks);
    health(v.health);
    deadLetters(v.dead);
    talked(v.talked, names);
    newTime(v.now, v.ahead_seconds, v.records.length);
    document.body.dataset.ready = "yes";
  } finally {
    asking = false;
    if (again) { again = false; update(); }
  }
}

function live(on, text) {
  $("live").classList.toggle("on", on);
  $("live").lastElementChild.textContent = text;
}
const changes = new EventSource("sim/changes");
changes.onopen = () => live(true, "live");
changes.onerror = () => live(false, "the stack is not running");
changes.onmessage = update;
// What waits grows older, and a message may die, without anything else that happens.
setInterval(() => { if (!document.hidden) update(); }, 5000);

for (const form of document.querySelectorAll("[data-fault]")) {
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const [fault, n] = [...form.querySelectorAll("select")].map((s) => s.value);
    const kind = form.dataset.fault;
    const list = kind === "line" ? [["sim/line/faults", { fault, n: Number(n) }]]
      : kind === "mail" ? [[`sim/mail/fail?fault=${fault}&n=${n}`]]
      : Object.keys(names).map((code) => [`sim/bank/${code}/fail?fault=${fault}&n=${n}`]);
    const all = await Promise.all(list.map(([path, body]) => post(path, body)));
    $("fault-said").textContent = all.every((r) => r.ok) ? `The next ${n} will fail: ${fault}.` : all.find((r) => !r.ok).value.message;
  });
}
