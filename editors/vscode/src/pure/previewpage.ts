// The JSON of `synth preview` in; the body of a page with prompts, answers and rows, out.

import { type Html, html } from "./html";
import { type Json, type JsonObject, list, object, parsed, plain, text } from "./json";

interface Call {
  cell: string;
  prompt: string;
  answer: string;
}
export interface Previewed {
  dataset: string;
  key: string;
  end: string;
  calls: Call[];
  rows: JsonObject[];
}

export function previews(printed: string): Previewed[] {
  return list(parsed(printed), "a preview").map(previewed);
}

function previewed(value: Json): Previewed {
  const found = object(value, "a candidate");
  return {
    dataset: text(found["dataset"], "a dataset's name"),
    key: text(found["key"], "a key"),
    end: text(found["end"], "how it ended"),
    calls: list(found["calls"], "calls").map(call),
    rows: list(found["rows"], "rows").map((row) => object(row, "a row")),
  };
}

function call(value: Json): Call {
  const found = object(value, "a call");
  return { cell: text(found["cell"], "a cell"), prompt: text(found["prompt"], "a prompt"), answer: text(found["answer"], "an answer") };
}

export function previewPage(found: readonly Previewed[], spec: string): Html {
  const kept = found.filter((one) => one.end === "kept").length;
  return html`<header><h1>Preview of ${spec}</h1>
<p class="dim">${kept} of ${found.length} candidates kept. Committed nowhere; a build uses the answers again.
<button data-action="again">Again</button></p></header>
<main>${found.map(candidate)}</main>`;
}

function candidate(one: Previewed): Html {
  const state = one.end === "kept" ? "added" : "removed";
  return html`<section><h2>${one.dataset} <code>${one.key}</code> <span class="chip ${state}">${one.end}</span></h2>
${one.rows.map(rowTable)}
${one.calls.length > 0 && html`<h3>Calls</h3>`}${one.calls.map(callPart)}</section>`;
}

function rowTable(row: JsonObject): Html {
  const cells = Object.entries(row).map(([name, value]) => html`<dt>${name}</dt><dd>${conversation(value)?.map(turnPart) ?? plain(value)}</dd>`);
  return html`<dl class="row">${cells}</dl>`;
}

/** The turns of a list of messages; undefined for any other value. */
function conversation(value: Json): Turn[] | undefined {
  if (!Array.isArray(value) || !value.length) return undefined;
  const found = value.map(turnOf);
  return found.every((turn) => turn !== undefined) ? found : undefined;
}

function turnOf(value: Json): Turn | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const { role, content } = value;
  return typeof role === "string" && typeof content === "string" ? { role, text: content } : undefined;
}

function callPart(one: Call): Html {
  return html`<details class="call"><summary><b>${one.cell}</b> <span class="answer">${one.answer}</span></summary>
${turns(one.prompt).map(turnPart)}<div class="turn assistant"><b>answer</b><pre>${one.answer}</pre></div></details>`;
}

interface Turn {
  role: string;
  text: string;
}

/** `<user>` alone on a line opens a turn; what stands before the first one has no role. */
export function turns(prompt: string): Turn[] {
  const found: Turn[] = [];
  for (const line of prompt.split("\n")) {
    const opened = /^<(system|user|assistant)>$/.exec(line);
    const last = found.at(-1);
    if (opened) found.push({ role: opened[1] ?? "", text: "" });
    else if (last) last.text += last.text ? `\n${line}` : line;
    else found.push({ role: "", text: line });
  }
  return found.filter((turn) => turn.text.trim());
}

function turnPart(turn: Turn): Html {
  return html`<div class="turn ${turn.role}"><b>${turn.role}</b><pre>${turn.text}</pre></div>`;
}
