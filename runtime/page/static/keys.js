// Key presses in; the one action that the innermost layer binds to them out. The help dialog lists what is bound.

import { h } from "./dom.js";

/** Layers of bindings, innermost last: {title, bindings: {key: [what it does, action]}}. */
const layers = [];

/** Adds a layer; the answer takes it away again. */
export function bind(title, bindings) {
  const layer = { title, bindings };
  layers.push(layer);
  return () => layers.splice(layers.indexOf(layer), 1);
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    if (typing(event.target) && event.key !== "Escape") return;
    for (const layer of layers.toReversed()) {
      const found = layer.bindings[event.key];
      if (found && found[1](event) !== false) return event.preventDefault();
    }
  });
}

function typing(element) {
  return element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

/** A dialog with every binding of the page as it is now. */
export function showHelp() {
  const parts = layers.toReversed().map(({ title, bindings }) => [h("h3", {}, title), table(bindings)]);
  const close = h("button", { type: "button", autofocus: true }, "Close");
  const dialog = h("dialog", { class: "help", "aria-label": "Keys" }, h("h2", {}, "Keys"), h("div", { class: "columns" }, parts.map((part) => h("section", {}, part))), close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function table(bindings) {
  const rows = Object.entries(bindings).filter(([, [what]]) => what);
  return h("dl", { class: "keys" }, rows.map(([key, [what]]) => [h("dt", {}, h("kbd", {}, LABELS[key] ?? key)), h("dd", {}, what)]));
}

const LABELS = { ArrowDown: "↓", ArrowUp: "↑", " ": "Space", Escape: "Esc" };
