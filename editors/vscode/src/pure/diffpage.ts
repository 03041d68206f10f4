// A diff of a dataset and what of it is asked for in; the body of the page that shows it out.

import type { Cell, Dataset, Difference, Mark, Row, State, Table } from "./difference";
import { type Html, html } from "./html";
import { plain } from "./json";

export interface View {
  only: State | null;
  offset: number;
  limit: number;
}

const SIGNS: Record<State, string> = { added: "+", removed: "−", changed: "~" };
const STATES: readonly State[] = ["changed", "added", "removed"];

export function diffPage(diff: Difference, view: View): Html {
  const datasets = diff.datasets.map((dataset) => datasetPart(dataset, view));
  return html`<header>
<h1>${diff.datasets.map((dataset) => dataset.name).join(", ") || "Nothing differs"}</h1>
<p class="refs"><span class="ref">${diff.a.name}</span> → <span class="ref">${diff.b.name}</span>
<span class="dim">${diff.a.commit.slice(0, 8)}..${diff.b.commit.slice(0, 8)}</span>
<button data-action="refs">Other versions…</button></p>
</header>
<main>${datasets}</main>`;
}

function datasetPart(dataset: Dataset, view: View): Html {
  return html`${causes(dataset)}${reasons(dataset)}${dataset.tables.map((table) => tablePart(table, view))}${measures(dataset)}`;
}

function causes(dataset: Dataset): Html | false {
  if (!dataset.causes.length && !dataset.sources.length) return false;
  const specs = dataset.sources.map(
    (source) => html`<button data-action="spec" data-dataset="${dataset.name}" data-path="${source.path}">${source.path}, side by side</button>`,
  );
  const listed = dataset.causes.map((cause) => html`<li><b>${cause.mark}</b> ${cause.text}</li>`);
  return html`<section><h2>Cause</h2><ul class="causes">${listed}</ul><p>${specs}</p></section>`;
}

function reasons(dataset: Dataset): Html | false {
  const moved = dataset.reasons.filter((reason) => reason.before !== reason.after);
  if (!moved.length) return false;
  const lines = moved.map(
    (one) => html`<tr><td>${one.reason}</td><td class="number">${one.before} → ${one.after}</td></tr>`,
  );
  return html`<details><summary>Why rows are missing or new</summary><table class="plain">${lines}</table></details>`;
}

function measures(dataset: Dataset): Html | false {
  const moved = dataset.measures.filter((measure) => measure.before !== measure.after);
  if (!moved.length) return false;
  const lines = moved.map(
    (one) => html`<tr><td>${one.name}</td><td class="number">${plain(one.before)} → ${plain(one.after)}</td></tr>`,
  );
  return html`<details><summary>Measures</summary><table class="plain">${lines}</table></details>`;
}

function tablePart(table: Table, view: View): Html {
  const rows = table.rows.map(rowPart);
  const none = html`<tr><td colspan="3" class="dim">No such rows.</td></tr>`;
  return html`<section>
<h2>${table.name}</h2>
<nav>${STATES.map((state) => filterButton(state, table, view))}
<button data-action="only" data-only="" aria-pressed="${String(view.only === null)}">all</button>
<span class="dim">${table.counts.same} same</span>${pager(table, view)}</nav>
<table class="rows"><thead><tr><th></th><th>key</th><th>what</th></tr></thead>
<tbody>${rows.length ? rows : none}</tbody></table>
</section>`;
}

function filterButton(state: State, table: Table, view: View): Html {
  const pressed = String(view.only === state);
  const count = table.counts[state];
  return html`<button class="${state}" data-action="only" data-only="${state}" aria-pressed="${pressed}">${SIGNS[state]}${count} ${state}</button>`;
}

function pager(table: Table, view: View): Html | false {
  if (!view.offset && !table.more) return false;
  const last = view.offset + table.rows.length;
  const back = Math.max(0, view.offset - view.limit);
  return html`<span class="pager">
${view.offset > 0 && html`<button data-action="page" data-offset="${back}">‹ before</button>`}
<span class="dim">${view.offset + 1}–${last}</span>
${table.more && html`<button data-action="page" data-offset="${last}">after ›</button>`}
</span>`;
}

function rowPart(row: Row): Html {
  const flags = row.flags.map((flag) => html`<span class="chip">⚑ ${flag}</span>`);
  const reason = row.reason && html`<span class="chip">${row.state === "removed" ? "dropped by" : "was dropped by"} ${row.reason}</span>`;
  const cells = row.state === "changed" ? row.cells.map(cellPart) : whole(row);
  return html`<tr class="${row.state}"><td class="sign" title="${row.state}">${SIGNS[row.state]}</td>
<th scope="row">${row.key}</th><td>${reason}${flags}<dl>${cells}</dl></td></tr>`;
}

function whole(row: Row): Html[] {
  return Object.entries(row.values ?? {}).map(([name, value]) => html`<dt>${name}</dt><dd>${plain(value)}</dd>`);
}

function cellPart(cell: Cell): Html {
  return html`<dt>${cell.path}</dt><dd>${cell.marks ? cell.marks.map(marked) : sidesOf(cell)}</dd>`;
}

function marked(mark: Mark): Html {
  if (mark.kind === "insert") return html`<ins>${mark.text}</ins>`;
  return mark.kind === "delete" ? html`<del>${mark.text}</del>` : html`${mark.text}`;
}

function sidesOf(cell: Cell): Html {
  const before = cell.before !== undefined && html`<del>${plain(cell.before)}</del>`;
  const after = cell.after !== undefined && html`<ins>${plain(cell.after)}</ins>`;
  return html`${before} ${after}`;
}
