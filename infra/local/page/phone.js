// A phone with LINE on it.
import { clock, h, post } from "./dom.js";
import { bubble } from "./flex.js";

const phones = new Map();

// showPhones brings the phones up to date, making those that are new.
export function showPhones(list, news, now) {
  for (const p of list) {
    if (!phones.has(p.id)) phones.set(p.id, new Phone(p));
    phones.get(p.id).show(p, news, now);
  }
  add.hidden = !phones.size || phones.size > family.length;
}

// People who may get a phone in addition to the first one.
const family = ["太郎", "さくら", "次郎"];

const add = document.getElementById("add-phone");
add.addEventListener("click", () => post("sim/line/users", { name: family[phones.size - 1], lang: "ja" }));

// rewind shows the newest message of each phone, which a hidden one cannot.
export function rewind() {
  for (const p of phones.values()) if (p.chat.lastElementChild) p.scroll(p.chat.lastElementChild);
}

class Phone {
  constructor(p) {
    this.id = p.id;
    this.seen = 0;
    this.first = true;
    this.el = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.el.dataset.user = p.id;
    this.find = (s) => this.el.querySelector(s);
    this.chat = this.find(".chat");
    this.find(".who").textContent = p.name;
    this.find(".say").addEventListener("submit", (e) => {
      e.preventDefault();
      const input = this.find(".say input");
      if (input.value.trim()) this.do("say", { text: input.value.trim() });
      input.value = "";
    });
    this.find(".block").addEventListener("click", () => this.do(this.blocked ? "follow" : "block"));
    document.getElementById("phones").append(this.el);
  }

  do(what, body = {}) { return post(`sim/line/users/${this.id}/${what}`, body); }

  act(action) {
    if (action.type === "postback") this.do("tap", { data: action.data, display: action.displayText || "" });
    else if (action.type === "message") this.do("say", { text: action.text });
    else if (action.type === "uri") window.open(this.link(action.uri), "_blank", "noreferrer");
  }

  // link opens an address as this phone's browser, which LINE knows.
  link(uri) { return /^https?:/.test(uri) ? `sim/line/users/${this.id}/open?url=${encodeURIComponent(uri)}` : uri; }

  // menu draws the rich menu, a picture with areas to tap.
  async menu(id) {
    if (this.menuID === id) return;
    this.menuID = id;
    const el = this.find(".menu");
    el.hidden = !id;
    if (!id) return;
    const { menu } = await (await fetch("sim/line/menus/" + id)).json();
    const open = el.querySelector(".open"), map = el.querySelector(".map"), size = menu.size;
    open.textContent = menu.chatBarText;
    const show = (on) => {
      map.hidden = !on;
      open.setAttribute("aria-expanded", String(on));
    };
    open.onclick = () => show(map.hidden);
    map.querySelector("img").src = `sim/line/menus/${id}/image`;
    for (const b of map.querySelectorAll("button")) b.remove();
    for (const area of menu.areas) {
      const b = h("button", { type: "button", "aria-label": area.action.label || area.action.text, on: { click: () => { show(false); this.act(area.action); } } });
      const part = (n, of) => (100 * n) / of + "%";
      Object.assign(b.style, { left: part(area.bounds.x, size.width), top: part(area.bounds.y, size.height), width: part(area.bounds.width, size.width), height: part(area.bounds.height, size.height) });
      map.append(b);
    }
  }

  show(p, news, now) {
    this.blocked = !p.following;
    this.find(".block").textContent = this.blocked ? "Add as friend" : "Block";
    this.find(".clock").textContent = clock(now);
    let latest = null, shown = null;
    for (const item of p.items) {
      if (item.seq <= this.seen) continue;
      this.seen = item.seq;
      const el = this.item(item);
      if (el) {
        this.chat.append(el);
        shown = el;
      }
      if (item.kind === "push") latest = item;
    }
    this.quick(p.items.at(-1));
    this.menu(p.menu);
    if (latest && !this.first) {
      this.ring(latest);
      news("phones");
    }
    if (shown) this.scroll(shown);
    this.first = false;
  }

  // scroll shows the newest message from its beginning.
  scroll(el) { this.chat.scrollTop = Math.min(el.offsetTop - this.chat.offsetTop - 12, this.chat.scrollHeight); }

  item(it) {
    const time = h("time", {}, clock(it.at));
    if (it.kind === "follow" || it.kind === "block") return h("div", { class: "did" }, it.kind === "follow" ? "友だちに追加しました" : "ブロックしました");
    if (it.from === "user") return it.text ? h("div", { class: "msg user" }, h("div", { class: "talk", lang: "ja" }, it.text), time) : null;
    const m = it.message || {};
    const body = m.type === "flex" ? bubble(m, (a) => this.act(a), (uri) => this.link(uri)) : h("div", { class: "talk" }, m.text || "");
    return h("div", { class: "msg bot" }, h("img", { class: "face", src: "icon.svg", alt: "" }), body, time);
  }

  // quick shows the quick replies of the latest message, which the next ends.
  quick(last) {
    if (this.quickOf === last?.seq) return;
    this.quickOf = last?.seq;
    const items = (last && last.from === "bot" && last.message?.quickReply?.items) || [];
    this.find(".quick").replaceChildren(...items.map((q) => h("button", { type: "button", on: { click: () => this.act(q.action) } }, q.action.label)));
  }

  // ring shows what a lock screen would: nothing but altText.
  ring(it) {
    const banner = this.find(".banner");
    banner.querySelector("span").textContent = it.message?.altText || it.message?.text || "";
    banner.classList.add("on");
    this.el.classList.remove("rings");
    void this.el.offsetWidth; // restarts the animation
    this.el.classList.add("rings");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => banner.classList.remove("on"), 4000);
  }
}
