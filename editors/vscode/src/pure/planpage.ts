// The JSON of `synth plan` in; the body of a page that says what a build would run, reuse and cost, out.

import { type Html, html } from "./html";
import { type Json, type JsonObject, list, number, object, parsed, text } from "./json";

interface Calls {
  reused: number;
  low: number;
  high: number;
  worst: number;
}
interface Step extends Calls {
  name: string;
  kind: string;
  why: string[];
}
export interface Planned {
  dataset: string;
  how: string;
  why: string[];
  calls: Calls;
  tokens: number | null;
  steps: Step[];
}

export function plans(printed: string): Planned[] {
  return list(parsed(printed), "a plan").map(planned);
}

function planned(value: Json): Planned {
  const found = object(value, "a dataset's plan");
  return {
    dataset: text(found["dataset"], "a dataset's name"),
    how: text(found["how"], "how it is made"),
    why: words(found["why"]),
    calls: calls(object(found["calls"], "calls")),
    tokens: typeof found["tokens"] === "number" ? found["tokens"] : null,
    steps: list(found["steps"], "steps").map(step),
  };
}

function step(value: Json): Step {
  const found = object(value, "a step");
  return { name: text(found["step"], "a step"), kind: text(found["kind"], "a kind"), why: words(found["why"]), ...calls(found) };
}

function calls(found: JsonObject): Calls {
  const of = (name: string) => number(found[name], `the number of ${name} calls`);
  return { reused: of("reused"), low: of("low"), high: of("high"), worst: of("worst") };
}

function words(value: Json | undefined): string[] {
  return list(value ?? [], "reasons").map((one) => text(one, "a reason"));
}

const HOW: Record<string, string> = { run: "runs", unchanged: "nothing to do", described: "only its words changed", depends: "waits for another dataset" };

export function counted(value: number): string {
  return value.toLocaleString("en-US");
}

export function ranged(low: number, high: number): string {
  return low === high ? counted(low) : `${counted(low)}–${counted(high)}`;
}

export function planPage(found: readonly Planned[], spec: string): Html {
  return html`<header><h1>Plan of ${spec}</h1>
<p class="dim">No model was asked. <button data-action="again">Again</button> <button data-action="build">Build in a terminal</button></p></header>
<main>${found.map(part)}</main>`;
}

function part(one: Planned): Html {
  const steps = one.steps.length > 0 && html`<table class="plain plan"><thead><tr><th>step</th><th>reused</th><th>new calls</th><th>worst case</th><th>why</th></tr></thead>
<tbody>${one.steps.map(line)}${total(one)}</tbody></table>`;
  return html`<section><h2>${one.dataset} <span class="chip">${HOW[one.how] ?? one.how}</span></h2>
<ul>${one.why.map((why) => html`<li>${why}</li>`)}</ul>${steps}</section>`;
}

function line(step: Step): Html {
  const why = step.why.length > 0 && html`<details><summary>${step.why[0]}</summary><ul>${step.why.slice(1).map((one) => html`<li>${one}</li>`)}</ul></details>`;
  return html`<tr><th scope="row">${step.name} <span class="dim">${step.kind}</span></th>${numbers(step)}<td>${why}</td></tr>`;
}

function total(one: Planned): Html {
  const tokens = one.tokens !== null && `about ${counted(Math.round(one.tokens))} tokens`;
  return html`<tr class="total"><th scope="row">in all</th>${numbers(one.calls)}<td>${tokens}</td></tr>`;
}

function numbers(calls: Calls): Html {
  return html`<td class="number">${counted(calls.reused)}</td><td class="number">${ranged(calls.low, calls.high)}</td><td class="number">${counted(calls.worst)}</td>`;
}
