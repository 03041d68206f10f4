// What a person is about to say of a row in; the form for it, inside the row's card, out. What is typed outlives the card.

import { h } from "./dom.js";
import { diagnostics } from "./say.js";
import { bdi, shown, valueText } from "./text.js";

/**
 * `draft` holds what was typed, by field, and is kept by the caller: a card that scrolls away and comes back is drawn
 * from it again. `send(draft)` refuses by throwing; `done()` closes the form.
 */
function form(draft, title, fields, button, send, done) {
  const wrong = h("div", { role: "alert" }, draft.problem && h("div", { class: "alert" }, diagnostics(draft.problem)));
  const yes = h("button", { class: "primary" }, button, " ", h("kbd", { "aria-hidden": "true" }, "Ctrl ⏎"));
  const no = h("button", { type: "button", onclick: () => done(false) }, "Cancel ", h("kbd", { "aria-hidden": "true" }, "Esc"));
  const element = h("form", { class: "onrow", "aria-label": title }, fields, wrong, h("div", { class: "buttons" }, yes, no));
  element.addEventListener("input", ({ target }) => (draft[target.name] = target.value));
  element.addEventListener("keydown", (event) => pressed(event, element, done));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(draft);
      done(true);
    } catch (problem) {
      draft.problem = problem;
      wrong.replaceChildren(h("div", { class: "alert" }, ...diagnostics(problem)));
      element.querySelector("textarea")?.focus();
    }
  });
  return element;
}

function pressed(event, element, done) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
  else if (event.key === "Escape") done(false);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function area(draft, name, value, label) {
  const rows = Math.min(14, Math.max(1, Math.ceil(value.length / 90) + value.split("\n").length - 1));
  const text = draft[name] ?? value;
  return h("label", {}, h("span", {}, label), h("textarea", { name, rows, dir: "auto", spellcheck: "true" }, text), signs(value));
}

/** A text field cannot show signs: what it hides stands below it. */
function signs(value) {
  const parts = shown(value);
  return parts.some((part) => part instanceof Node) && h("small", { class: "hides" }, "with what cannot be seen: ", h("bdi", { dir: "auto" }, parts));
}

/** New values for cells, as text where the column holds text and as JSON elsewhere: the server says whether they fit. */
export function editForm(row, columns, draft, send, done) {
  const values = row.after;
  const changed = new Set((row.cells ?? []).map((cell) => cell.column));
  const names = columns.map(({ name }) => name).filter((name) => name in values);
  const ordered = [...names.filter((name) => changed.has(name)), ...names.filter((name) => !changed.has(name))];
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
  const fields = ordered.map((name) => area(draft, `value:${name}`, values[name] === null ? "" : valueText(values[name]), [bdi(name, { class: "code" }), " ", h("small", {}, types[name])]));
  const note = area(draft, "note", "", "why (may be empty)");
  return form(draft, `Edit row ${row.key}`, [fields, note], "Save", () => send(edited(ordered, values, draft), draft.note ?? ""), done);
}

/** The cells that were typed into and differ. */
function edited(names, values, draft) {
  const typed = names.filter((name) => draft[`value:${name}`] !== undefined);
  const pairs = typed.map((name) => [name, parsed(draft[`value:${name}`], values[name])]);
  const moved = pairs.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(values[name]));
  if (!moved.length) throw new Error("nothing is different yet: change a value, or press Esc");
  return Object.fromEntries(moved);
}

function parsed(text, old) {
  if (old === null && text === "") return null;
  if (typeof old === "string" || old === null) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // Not JSON: the server says what the column takes.
  }
}

/** A comment on the row, or on the cell that is chosen. */
export function commentForm(row, names, draft, send, done) {
  draft.column ??= "";
  const options = ["", ...names].map((name) => h("option", { value: name, selected: name === draft.column }, name || "the whole row"));
  const on = h("label", { class: "short" }, h("span", {}, "on"), h("select", { name: "column", "aria-label": "on" }, options));
  return form(draft, `Comment on row ${row.key}`, [on, area(draft, "text", "", "comment")], "Comment", () => send(draft.text ?? "", draft.column || null), done);
}

/** Why a row is rejected. */
export function rejectForm(row, draft, send, done) {
  return form(draft, `Reject row ${row.key}`, area(draft, "note", "", "why"), "Reject", () => send(draft.note ?? ""), done);
}
