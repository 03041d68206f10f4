// The diff's causes, sources and schema in; what in the spec changed, dataset by dataset, out.

import { h } from "./dom.js";
import { shown, bdi } from "./text.js";

const SIGNS = { added: "+", removed: "−", changed: "~", same: "=" };

export function spec(page) {
  const parts = page.diff.datasets.map((dataset) => section(dataset));
  return { element: h("div", { class: "page" }, parts.length ? parts : h("p", { class: "empty" }, "Both branches hold the same data.")) };
}

function section(dataset) {
  const schema = dataset.tables.flatMap((table) => table.schema.map((change) => ({ table: table.name, ...change })));
  return h(
    "section",
    { class: "dataset", "aria-label": dataset.name },
    h("h2", {}, bdi(dataset.name), dataset.state !== "changed" && h("span", { class: `tag ${dataset.state}` }, dataset.state)),
    h("h3", {}, "What caused it"),
    dataset.causes.length ? h("ul", { class: "causes" }, dataset.causes.map(cause)) : h("p", { class: "empty" }, "Nothing in the spec, the models or the inputs differs."),
    schema.length > 0 && [h("h3", {}, "Columns"), h("ul", { class: "causes" }, schema.map((change) => column(change)))],
    dataset.sources.map(source),
  );
}

function cause({ kind, name, state, before, after, detail }) {
  const values = before !== null || after !== null;
  return h(
    "li",
    { class: state },
    h("span", { class: "kind" }, kind),
    h("span", { class: "cause" }, name && bdi(name, { class: "code" }), name && " ", values ? [side("del", before), " → ", side("ins", after)] : state, detail && [" ", h("span", { class: "detail" }, bdi(detail))]),
  );
}

function side(tag, value) {
  return value === null ? h("span", { class: "none" }, "unset") : h(tag, {}, bdi(value));
}

function column({ table, column: name, state, before, after }) {
  return h("li", { class: state }, h("span", { class: "kind" }, SIGNS[state]), h("span", { class: "cause" }, bdi(`${table}.${name}`, { class: "code" }), " ", before && h("del", {}, bdi(before)), before && after && " → ", after && h("ins", {}, bdi(after))));
}

function source({ path, state, lines }) {
  const body = h("div", { class: "source", role: "region", "aria-label": path, tabindex: "0" }, lines.map(line));
  return h("details", { open: true, class: "file" }, h("summary", {}, bdi(path, { class: "code" }), " ", h("span", { class: `tag ${state}` }, state)), body);
}

function line(text) {
  const kind = text.startsWith("@@") ? "hunk" : { "+": "ins", "-": "del" }[text[0]] ?? "same";
  const sign = kind === "hunk" ? "" : text.slice(0, 1);
  return h("div", { class: `line ${kind}` }, h("span", { class: "mark" }, sign), h("code", { dir: "ltr" }, shown(kind === "hunk" ? text : text.slice(1)) , "\n"));
}
