// The diff and what is asked for in; the bar that asks for rows out.

import { h } from "./dom.js";
import { diagnostics } from "./say.js";
import { count } from "./text.js";

const CHANGES = ["", "changed", "added", "removed"];
export const NAMES = ["dataset", "table", "only", "reason", "flag", "where", "sample"];

/** `ask()` is called with what is asked for whenever it changes. */
export class Filters {
  constructor(diff, asked, ask) {
    Object.assign(this, { diff, ask, tables: tablesOf(diff) });
    this.coverage = h("span", { class: "coverage", role: "status" });
    this.wrong = h("div", { class: "wrong", role: "alert" });
    this.bar = h("div", { class: "filters" });
    this.element = h("div", { role: "search", "aria-label": "Rows" }, this.bar, this.wrong);
    this.take(asked);
  }

  /** Takes what an address asks for; what it does not name is what comes first. */
  take(asked) {
    this.asked = Object.fromEntries(NAMES.map((name) => [name, asked.get(name) ?? ""]));
    const found = this.tables.find((one) => one.dataset.name === this.asked.dataset && (!this.asked.table || one.table.name === this.asked.table));
    const [most] = this.tables.toSorted((a, b) => moved(b.table) - moved(a.table));
    this.chosen = found ?? most ?? null;
    if (this.chosen) Object.assign(this.asked, { dataset: this.chosen.dataset.name, table: this.chosen.table.name });
    this.draw();
  }

  /** Takes the diff as it is now: what is asked for stays, what the choices count may not. */
  renew(diff) {
    if (this.diff === diff) return;
    Object.assign(this, { diff, tables: tablesOf(diff) });
    this.take(new URLSearchParams(this.query()));
  }

  set(name, value) {
    this.asked[name] = value;
    this.draw();
    this.ask();
  }

  /** Whether the keyboard may go to the rows: nobody is choosing here, or what was typed is done. */
  get lets() {
    const active = document.activeElement;
    return !this.element.contains(active) || active.name === "where";
  }

  /** As an address has it: only what is asked for. */
  query() {
    return new URLSearchParams(Object.entries(this.asked).filter(([, value]) => value)).toString();
  }

  draw() {
    if (!this.chosen) return;
    const parts = [this.tableChoice(), this.changes(), this.choice("reason", this.reasons()), this.choice("flag", this.flags()), this.where(), this.sample(), this.reset()];
    const active = this.element.contains(document.activeElement) ? document.activeElement : {};
    this.bar.replaceChildren(...parts.filter(Boolean), this.coverage);
    const again = active.name && this.element.querySelector(`[name="${CSS.escape(active.name)}"]${active.type === "radio" ? ":checked" : ""}`);
    if (active.name === "where" && active.value !== active.defaultValue) again.value = active.value; // Still being typed.
    again?.focus?.();
  }

  tableChoice() {
    if (this.tables.length < 2) return null;
    const options = this.tables.map(({ dataset, table }, at) => h("option", { value: at, selected: table === this.chosen.table }, label(dataset, table)));
    const select = h("select", { name: "table", "aria-label": "Dataset and table" }, options);
    select.addEventListener("change", () => {
      const { dataset, table } = this.tables[Number(select.value)];
      this.take(new URLSearchParams({ dataset: dataset.name, table: table.name }));
      this.ask();
    });
    return select;
  }

  changes() {
    const { listed } = this.chosen.table;
    const all = moved(this.chosen.table);
    const radio = (state) => {
      const input = h("input", { type: "radio", name: "only", value: state, checked: this.asked.only === state, onchange: () => this.set("only", state) });
      return h("label", { class: state || "all" }, input, h("span", {}, state || "all", " ", h("small", {}, count(state ? listed[state] : all))));
    };
    return h("fieldset", { class: "segments", "aria-label": "Change" }, CHANGES.map(radio));
  }

  reasons() {
    return this.chosen.table.reasons.map(({ name, rows }) => [name, rows]);
  }

  flags() {
    return this.chosen.table.flags.map(({ name, rows }) => [name, rows]);
  }

  choice(name, pairs) {
    if (!pairs.length && !this.asked[name]) return null;
    const options = pairs.map(([value, rows]) => h("option", { value, selected: this.asked[name] === value }, `${value} (${count(rows)})`));
    const select = h("select", { name, "aria-label": name, class: this.asked[name] ? "set" : "" }, h("option", { value: "" }, `any ${name}`), options);
    select.addEventListener("change", () => this.set(name, select.value));
    return select;
  }

  where() {
    const input = h("input", { name: "where", value: this.asked.where, placeholder: "where …", size: 18, spellcheck: "false", autocomplete: "off", "aria-label": "Only rows where", "aria-keyshortcuts": "/", title: "a condition over columns, as in a spec: len(answer) > 200" });
    input.addEventListener("change", () => this.set("where", input.value.trim()));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      document.querySelector(".card.current")?.focus();
    });
    return h("span", { class: "where" }, input);
  }

  sample() {
    const sizes = [50, 200, 1000].map((size) => h("option", { value: size, selected: this.asked.sample === String(size) }, `a sample of ${count(size)}`));
    const select = h("select", { name: "sample", "aria-label": "Sample", class: this.asked.sample ? "set" : "" }, h("option", { value: "" }, "every row"), sizes);
    select.addEventListener("change", () => this.set("sample", select.value));
    return select;
  }

  reset() {
    if (!["only", "reason", "flag", "where", "sample"].some((name) => this.asked[name])) return null;
    const { dataset, table } = this.asked;
    return h("button", { type: "button", class: "quiet", onclick: () => (this.take(new URLSearchParams({ dataset, table })), this.ask()) }, "show all");
  }

  /** What the rows shown are of all that changed. */
  cover({ coverage, changed }, at) {
    const { shown, of } = coverage;
    const drawn = this.asked.sample && shown < of;
    const lead = drawn ? `${count(shown)} of ${count(of)} changed rows, drawn by key` : shown === changed ? `${count(shown)} changed rows` : `${count(shown)} of ${count(changed)} changed rows`;
    this.coverage.textContent = shown ? `${lead} · at ${count(at + 1)}` : lead;
  }

  refuse(problem) {
    this.wrong.replaceChildren(...(problem ? diagnostics(problem) : []));
  }
}

function tablesOf(diff) {
  return diff.datasets.flatMap((dataset) => dataset.tables.map((table) => ({ dataset, table })));
}

/** How many rows the page lists. */
function moved({ listed }) {
  return listed.added + listed.removed + listed.changed;
}

function label(dataset, table) {
  return table.name === dataset.name ? dataset.name : `${dataset.name} / ${table.name}`;
}
