// The JSON of `synth log`, `synth branch` and `synth show` in; refs to choose from, and what stands in a commit, out.

import { list, number, object, parsed, text } from "./json";

export interface Ref {
  name: string;
  detail: string;
  current: boolean;
}

export function branches(printed: string): Ref[] {
  return list(parsed(printed), "branches").map((value) => {
    const found = object(value, "a branch");
    const commit = typeof found["commit"] === "string" ? found["commit"].slice(0, 10) : "no commit yet";
    return { name: text(found["name"], "a branch's name"), detail: commit, current: found["current"] === true };
  });
}

export function commits(printed: string): Ref[] {
  return list(parsed(printed), "commits").map((value) => {
    const found = object(value, "a commit");
    const [first] = text(found["message"], "a message").split("\n");
    const time = text(found["time"], "a time").slice(0, 16).replace("T", " ");
    return { name: text(found["id"], "a commit").slice(0, 10), detail: `${first ?? ""} · ${time}`, current: false };
  });
}

export interface Shown {
  datasets: string[];
  rows: number;
}

/** The datasets of a commit, and how many rows they have together. */
export function contents(printed: string): Shown {
  const datasets = list(object(parsed(printed), "a commit")["datasets"], "datasets").map((one) => object(one, "a dataset"));
  const tables = datasets.flatMap((one) => Object.values(object(one["tables"], "tables")));
  const rows = tables.map((table) => number(object(table, "a table")["rows"], "a number of rows"));
  return {
    datasets: datasets.map((one) => text(one["name"], "a dataset's name")),
    rows: rows.reduce((sum, one) => sum + one, 0),
  };
}
