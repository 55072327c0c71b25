// Draws LINE's Flex messages as LINE does. act is called with an action that
// somebody pressed; link says where an address opens.
import { h } from "./dom.js";

const sizes = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const gaps = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const px = (v, table) => (v in table ? table[v] + "px" : v);

export function bubble(message, act, link) {
  const c = message.contents;
  const list = c.type === "carousel" ? c.contents : [c];
  return list.map((b) => {
    const el = h("div", { class: "bubble", title: "" });
    for (const part of ["header", "body", "footer"]) {
      if (!b[part]) continue;
      const box = component(b[part], act, link);
      box.classList.add("part-" + part);
      el.append(box);
    }
    return el;
  });
}

function component(c, act, link) {
  switch (c.type) {
    case "box": {
      const el = h("div", { class: "fbox " + c.layout });
      if (c.backgroundColor) el.style.backgroundColor = c.backgroundColor;
      if (c.cornerRadius) el.style.borderRadius = px(c.cornerRadius, gaps);
      if (c.paddingAll) el.style.padding = px(c.paddingAll, gaps);
      for (const [side, css] of [["Top", "Top"], ["Bottom", "Bottom"], ["Start", "Left"], ["End", "Right"]]) {
        if (c["padding" + side]) el.style["padding" + css] = px(c["padding" + side], gaps);
      }
      (c.contents || []).forEach((child, i) => {
        const sub = component(child, act, link);
        const margin = child.margin || (i > 0 ? c.spacing : "");
        if (margin) sub.style[c.layout === "vertical" ? "marginTop" : "marginLeft"] = px(margin, gaps);
        if (c.layout !== "vertical") sub.style.flex = child.flex === 0 ? "none" : `${child.flex || 1} ${child.flex || 1} 0`;
        el.append(sub);
      });
      return el;
    }
    case "text": {
      const el = h("p", { class: c.wrap ? "" : "nowrap" }, whole(c.text || ""));
      el.style.fontSize = px(c.size || "md", sizes);
      if (c.color) el.style.color = c.color;
      if (c.weight === "bold") el.style.fontWeight = 700;
      if (c.align) el.style.textAlign = c.align;
      return el;
    }
    case "separator":
      return h("hr");
    case "button":
      return button(c, act, link);
    default:
      return h("span");
  }
}

// whole keeps a report number on one line.
function whole(text) {
  return text.split(/(KZ-[0-9A-Z]{4}-[0-9A-Z]{4})/).map((part, i) => (i % 2 ? h("span", { class: "whole" }, part) : part));
}

function button(c, act, link) {
  const style = c.style || "link";
  const kind = `${style} ${c.height === "sm" ? "sm" : ""}`;
  const el = c.action.type === "uri"
    ? h("a", { class: "fbutton " + kind, href: link(c.action.uri), target: "_blank", rel: "noreferrer" }, c.action.label)
    : h("button", { class: kind, type: "button", on: { click: () => act(c.action) } }, c.action.label);
  if (c.color) el.style[style === "link" ? "color" : "backgroundColor"] = c.color;
  return el;
}
