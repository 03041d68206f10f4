// The diff's measures, reasons and column statistics in; tables with small charts out.

import { pair, ranges, share } from "./charts.js";
import { h } from "./dom.js";
import { bdi, count, figure, percent } from "./text.js";

const VALUES = 8;
/** Heads of columns that stand to the right, as their numbers do. */
const NUMBERS = new Set(["before", "after", "by", "rows", "changed", "nulls", "mean"]);

export function measures(page) {
  const { datasets } = page.diff;
  const legend = h("p", { class: "legend" }, h("span", { class: "was" }, "before"), " ", h("span", { class: "is" }, "after"));
  return { element: h("div", { class: "page" }, datasets.length ? [legend, datasets.map(section)] : h("p", { class: "empty" }, "Nothing differs.")) };
}

function section(dataset) {
  return h("section", { class: "dataset", "aria-label": dataset.name }, h("h2", {}, bdi(dataset.name)), figures(dataset.measures), reasons(dataset.reasons), dataset.tables.map((table) => tableOf(table, dataset)));
}

function figures(measures) {
  if (!measures.length) return null;
  const moved = measures.filter(({ before, after }) => before !== after);
  const rows = [...moved, ...measures.filter((measure) => !moved.includes(measure))].map(({ name, before, after }) => h("tr", { class: before === after ? "same" : "" }, h("th", { scope: "row" }, bdi(name)), numbers(before, after, figure), h("td", { class: "wide" }, pair(before, after)), h("td", { class: "number" }, delta(before, after))));
  return grid("Measures", ["measure", "before", "after", "", "by"], rows);
}

function numbers(before, after, say) {
  return [h("td", { class: "number" }, say(before)), h("td", { class: "number" }, say(after))];
}

/** In percent where that says something: not from nothing, and not of what is a share itself. */
function delta(before, after) {
  if (before === null || after === null || before === after) return "";
  const by = after - before;
  const sign = by > 0 ? "+" : "−";
  return before ? `${sign}${percent(Math.abs(by / before))}` : `${sign}${figure(Math.abs(by))}`;
}

function reasons(found) {
  if (!found.length) return null;
  const rows = found.map(({ reason, before, after, went, came }) => h("tr", {}, h("th", { scope: "row" }, bdi(reason)), numbers(before, after, count), h("td", { class: "wide" }, pair(before, after, count)), h("td", { class: "number" }, went > 0 && h("span", { class: "removed", title: "rows that went because of it" }, `−${count(went)}`), " ", came > 0 && h("span", { class: "added", title: "rows that came back" }, `+${count(came)}`))));
  return grid("Why rows are missing or new", ["dropped by", "before", "after", "", "rows"], rows);
}

function tableOf(table, dataset) {
  const lead = dataset.tables.length > 1 && h("h3", {}, bdi(table.name));
  return [lead, attributions(table.attribution), columns(table.columns), table.columns.filter((column) => column.drift?.length).map(drift)];
}

function attributions(found) {
  if (!found.length) return null;
  const line = ({ state, column, value, rows, of, base }) => h("li", {}, h("strong", {}, percent(rows / of)), ` of the ${state} rows have `, bdi(column, { class: "code" }), " = ", bdi(value, { class: "code" }), h("span", { class: "detail" }, ` (${percent(base)} of all rows)`));
  return [h("h3", {}, "What the rows have in common"), h("ul", { class: "plain" }, found.map(line))];
}

function columns(all) {
  const rows = all.map((column) =>
    h(
      "tr",
      { class: column.changed ? "" : "same" },
      h("th", { scope: "row" }, bdi(column.name), " ", h("small", {}, column.type)),
      h("td", { class: "number" }, column.of ? percent(column.changed / column.of) : "–"),
      h("td", { class: "narrow" }, share(column.of ? column.changed / column.of : 0)),
      h("td", { class: "number" }, nulls(column.nulls)),
      h("td", { class: "number" }, column.before?.mean != null || column.after?.mean != null ? `${figure(column.before?.mean)} → ${figure(column.after?.mean)}` : ""),
      h("td", { class: "wide" }, ranges(column.before, column.after)),
    ),
  );
  return grid("Columns", ["column", "changed", "", "nulls", "mean", "length or value: least, mean, most"], rows);
}

function nulls([before, after]) {
  return before === after ? percent(after) : `${percent(before)} → ${percent(after)}`;
}

function drift({ name, drift: values }) {
  const rows = values.slice(0, VALUES).map(({ value, before, after }) => h("tr", { class: before === after ? "same" : "" }, h("th", { scope: "row" }, bdi(value)), numbers(before, after, percent), h("td", { class: "wide" }, pair(before, after, percent))));
  const more = values.length > VALUES && h("p", { class: "detail" }, `and ${count(values.length - VALUES)} more values`);
  return [grid([bdi(name, { class: "code" }), ": share of each value"], ["value", "before", "after", ""], rows), more];
}

function grid(title, heads, rows) {
  const head = h("tr", {}, heads.map((text) => h("th", { scope: "col", class: NUMBERS.has(text) && "number" }, text)));
  return h("div", { class: "scrolls" }, h("table", { class: "figures" }, h("caption", {}, title), h("thead", {}, head), h("tbody", {}, rows)));
}
