// What happened in; one line for eyes and screen readers, or a box that stays until it is closed, out.

import { byId, fill, h } from "./dom.js";
import { shown } from "./text.js";
import { Refusal } from "./api.js";

let timer = 0;

/** One line about what happened; it goes by itself. */
export function say(text) {
  const status = byId("status");
  fill(status, shown(text));
  status.classList.add("seen");
  clearTimeout(timer);
  timer = setTimeout(() => status.classList.remove("seen"), 4000);
}

/** What went wrong and what to do, in a box that stays until it is closed. */
export function complain(problem) {
  if (problem.name === "AbortError") return;
  if (!(problem instanceof Refusal)) console.error(problem);
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Close this message" }, "✕");
  const box = h("div", { class: "alert" }, diagnostics(problem), close);
  close.addEventListener("click", () => box.remove());
  byId("alerts").replaceChildren(box);
}

export function clearComplaints() {
  byId("alerts").replaceChildren();
}

/** A refusal's diagnostics: code, message, notes, way out. */
export function diagnostics(problem) {
  const found = problem instanceof Refusal ? problem.diagnostics : [{ message: String(problem.message) }];
  return found.map((one) => diagnostic(one));
}

export function diagnostic({ code, message, notes = [], help = null }) {
  return h(
    "div",
    { class: "diagnostic" },
    h("p", {}, code && h("code", {}, code), code && " ", shown(message)),
    notes.map((note) => h("p", { class: "note" }, shown(note))),
    help && h("p", { class: "note" }, "help: ", shown(help)),
  );
}
