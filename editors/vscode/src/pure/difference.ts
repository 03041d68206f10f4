// The JSON of `synth diff` in; datasets, tables, rows and word marks as typed values out.

import { type Json, type JsonObject, list, number, object, parsed, text } from "./json";

export type State = "added" | "removed" | "changed";
export interface Mark {
  kind: "equal" | "insert" | "delete";
  text: string;
}
export interface Cell {
  path: string;
  before: Json | undefined;
  after: Json | undefined;
  marks: Mark[] | null;
}
export interface Row {
  key: string;
  state: State;
  cells: Cell[];
  values: JsonObject | null;
  reason: string | null;
  flags: string[];
}
export interface Table {
  name: string;
  counts: Record<State | "same", number>;
  rows: Row[];
  more: boolean;
}
export interface Source {
  path: string;
  lines: string[];
}
export interface Reason {
  reason: string;
  before: number;
  after: number;
}
export interface Dataset {
  name: string;
  causes: { mark: string; text: string }[];
  sources: Source[];
  tables: Table[];
  measures: { name: string; before: Json; after: Json }[];
  reasons: Reason[];
}
export interface Side {
  name: string;
  commit: string;
}
export interface Difference {
  a: Side;
  b: Side;
  datasets: Dataset[];
}

const STATES: readonly string[] = ["added", "removed", "changed"];
const MARKS: readonly string[] = ["equal", "insert", "delete"];

export function difference(printed: string): Difference {
  const root = object(parsed(printed), "a diff");
  return {
    a: side(root["a"]),
    b: side(root["b"]),
    datasets: list(root["datasets"], "datasets").map(dataset),
  };
}

function side(value: Json | undefined): Side {
  const found = object(value, "a side of a diff");
  return { name: text(found["name"], "a ref"), commit: text(found["commit"], "a commit") };
}

function dataset(value: Json): Dataset {
  const found = object(value, "a dataset");
  return {
    name: text(found["name"], "a dataset's name"),
    causes: list(found["causes"], "causes").map(cause),
    sources: list(found["sources"], "sources").map(source),
    tables: list(found["tables"], "tables").map(table),
    measures: list(found["measures"], "measures").map(measure),
    reasons: list(found["reasons"], "reasons").map(reason),
  };
}

function cause(value: Json): { mark: string; text: string } {
  const found = object(value, "a cause");
  const state = text(found["state"], "a cause's state");
  const mark = { added: "+", removed: "−" }[state] ?? "~";
  const detail = typeof found["detail"] === "string" && found["detail"] ? `: ${found["detail"]}` : "";
  const kind = text(found["kind"], "a cause's kind");
  const what = kind === "step" ? "" : `${kind} `;
  return { mark, text: `${what}${text(found["name"], "a cause's name")} ${state}${detail}` };
}

function source(value: Json): Source {
  const found = object(value, "a source");
  return { path: text(found["path"], "a path"), lines: list(found["lines"], "lines").map((line) => text(line, "a line")) };
}

function measure(value: Json): { name: string; before: Json; after: Json } {
  const found = object(value, "a measure");
  return { name: text(found["name"], "a measure"), before: found["before"] ?? null, after: found["after"] ?? null };
}

function reason(value: Json): Reason {
  const found = object(value, "a reason");
  return {
    reason: text(found["reason"], "a reason"),
    before: number(found["before"], "a count"),
    after: number(found["after"], "a count"),
  };
}

function table(value: Json): Table {
  const found = object(value, "a table");
  const counts = object(found["counts"], "counts");
  const count = (name: string) => number(counts[name], `the number of ${name} rows`);
  return {
    name: text(found["name"], "a table's name"),
    counts: { added: count("added"), removed: count("removed"), changed: count("changed"), same: count("same") },
    rows: list(found["rows"], "rows").map(row),
    more: found["more"] === true,
  };
}

function row(value: Json): Row {
  const found = object(value, "a row");
  const state = text(found["state"], "a row's state");
  if (!STATES.includes(state)) return row({ ...found, state: "changed" });
  return {
    key: text(found["key"], "a row's key"),
    state: state as State,
    cells: list(found["cells"], "cells").map(cell),
    values: found["values"] ? object(found["values"], "a row's values") : null,
    reason: typeof found["reason"] === "string" ? found["reason"] : null,
    flags: list(found["flags"] ?? [], "flags").map((flag) => text(flag, "a flag")),
  };
}

function cell(value: Json): Cell {
  const found = object(value, "a cell");
  const marks = found["marks"];
  return {
    path: text(found["path"], "a cell's path"),
    before: found["before"],
    after: found["after"],
    marks: marks ? list(marks, "marks").map(mark) : null,
  };
}

function mark(value: Json): Mark {
  const [kind, words] = list(value, "a mark");
  const named = text(kind, "a mark's kind");
  return { kind: (MARKS.includes(named) ? named : "equal") as Mark["kind"], text: text(words, "a mark's text") };
}

/** The parts of a spec that differ, as they were and as they are: two texts that an editor can show side by side. */
export function sides(lines: readonly string[]): [before: string, after: string] {
  const before: string[] = [];
  const after: string[] = [];
  for (const line of lines) {
    if (line.startsWith("@@")) {
      for (const side of [before, after]) side.push(`# ${line}`);
      continue;
    }
    if (!line.startsWith("+")) before.push(line.slice(1));
    if (!line.startsWith("-")) after.push(line.slice(1));
  }
  return [`${before.join("\n")}\n`, `${after.join("\n")}\n`];
}
