// A title, fields and what to do in; a modal dialog that asks, and stays with the reason when the server refuses, out.

import { h, fill } from "./dom.js";
import { diagnostics } from "./say.js";

/**
 * Asks for fields: {name, label, value?, rows?, options?, required?, hint?}. `act(values)` may refuse by throwing: the
 * dialog then says why and keeps what was typed.
 */
export function ask({ title, intro = null, fields = [], button, act, danger = false }) {
  const wrong = h("div", { role: "alert" });
  const submit = h("button", { class: danger ? "danger" : "primary", value: "yes" }, button);
  const cancel = h("button", { type: "button" }, "Cancel");
  const form = h("form", { method: "dialog" }, fields.map(labelled), wrong, h("div", { class: "buttons" }, submit, cancel));
  const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), intro, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    fill(wrong);
    try {
      await act(Object.fromEntries(new FormData(form)));
      dialog.close();
    } catch (problem) {
      fill(wrong, h("div", { class: "alert" }, diagnostics(problem)));
    }
    submit.disabled = false;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(submit);
  });
  document.body.append(dialog);
  dialog.showModal();
}

function labelled({ name, label, value = "", rows = 0, options = null, required = false, hint = null }) {
  const common = { name, required };
  let input;
  if (options) input = h("select", common, options.map((one) => h("option", { value: one, selected: one === value }, one)));
  else if (rows) input = h("textarea", { ...common, rows, dir: "auto" }, value);
  else input = h("input", { ...common, value, dir: "auto", autocomplete: "off" });
  return h("label", {}, h("span", {}, label), input, hint && h("small", {}, hint));
}
