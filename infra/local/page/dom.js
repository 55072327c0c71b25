// What all parts of the page need: making elements, times, and calls.

// h makes an element. Text goes in as text, never as HTML.
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (k === "class") el.className = v;
    else if (k === "on") for (const [name, f] of Object.entries(v)) el.addEventListener(name, f);
    else if (k in el && typeof v !== "string") el[k] = v;
    else el.setAttribute(k, v);
  }
  el.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

// What a person reaches with the Tab key.
const stops = (el) => [...el.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex]")];

// redraw replaces what is in an element. Who has the focus in it, or types in it,
// keeps it: in the item of the same data-id, at the same place.
export function redraw(el, ...children) {
  const was = document.activeElement, item = was && el.contains(was) && was.closest("[data-id]");
  const place = item && el.contains(item) && { id: item.dataset.id, n: stops(item).indexOf(was), from: was.selectionStart, to: was.selectionEnd };
  el.replaceChildren(...children);
  if (!place) return;
  const is = el.querySelector(`[data-id="${CSS.escape(place.id)}"]`);
  const stop = is && (place.n < 0 ? is : stops(is)[place.n]);
  if (!stop) return;
  stop.focus({ preventScroll: true });
  if (typeof place.from === "number") stop.setSelectionRange(place.from, place.to);
}

// ms is a time as milliseconds with their fraction, which Date drops.
export function ms(at) {
  const m = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(at);
  return Date.parse(m[1] + m[3]) + Number("0." + (m[2] || "0")) * 1000;
}

const two = (n) => String(n).padStart(2, "0");

export function clock(at, precise) {
  const d = new Date(ms(at) + 9 * 3600e3); // Japan's time, wherever this is looked at
  const s = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
  return precise ? s + ":" + two(d.getUTCSeconds()) + "." + String(d.getUTCMilliseconds()).padStart(3, "0") : s;
}

// span writes a length of time as people read it.
export function span(x) {
  const a = Math.abs(x);
  const s = a < 10 ? x.toFixed(2) + " ms" : a < 1000 ? x.toFixed(0) + " ms" : a < 60e3 ? (x / 1000).toFixed(1) + " s"
    : a < 3600e3 ? (x / 60e3).toFixed(1) + " min" : (x / 3600e3).toFixed(1) + " h";
  return s.replace("-", "−");
}

export const yen = (n) => n.toLocaleString("en-US") + "円";

// post sends and returns the answer's JSON, if it has any.
export async function post(path, body) {
  const res = await fetch(path, { method: "POST", headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) });
  const text = await res.text();
  let value = {};
  try { value = text ? JSON.parse(text) : {}; } catch { value = { message: text }; }
  return { ok: res.ok, status: res.status, value };
}
