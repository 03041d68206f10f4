// The number of a pull request in; its page out: what it is, what stands in its way, and its four tabs.

import { get, post } from "./api.js";
import { conversation } from "./conversation.js";
import { ask } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { bind } from "./keys.js";
import { measures } from "./measures.js";
import { branches, counts } from "./pulls.js";
import { person } from "./row.js";
import { rowsTab } from "./rows.js";
import { complain, diagnostic, say } from "./say.js";
import { spec } from "./spec.js";
import { bdi, plural } from "./text.js";

const TABS = ["rows", "spec", "measures", "conversation"];

export async function pullPage(number, me) {
  const [pull, diff] = await Promise.all([get(`pulls/${number}`), diffOf(number)]);
  const page = new PullPage(number, pull, diff, me);
  return { element: page.element, title: `#${number} ${pull.title}`, leave: () => page.leave(), shown: () => page.shown() };
}

/** A pull request whose branch is gone has no diff, and all the rest. */
async function diffOf(number) {
  try {
    return await get(`pulls/${number}/diff`);
  } catch (problem) {
    if (problem.status !== 409) throw problem;
    return { digest: null, datasets: [], refused: problem };
  }
}

/** One pull request on the screen. Tabs read `pull` and `diff`, and call `act` to change something. */
class PullPage {
  constructor(number, pull, diff, me) {
    Object.assign(this, { number, pull, diff, me, seen: pull.digest, left: "" });
    this.head = h("header", { class: "head" });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the pull request" });
    this.panel = h("div", { class: "panel", role: "tabpanel", tabindex: "-1" });
    this.element = h("article", { class: "pull" }, this.head, this.tabs, this.panel);
    this.current = null;
    this.unbind = bind("The pull request", this.bindings());
    this.onhash = () => this.open();
    window.addEventListener("hashchange", this.onhash);
    this.drawHead();
    this.drawTabs();
  }

  shown() {
    this.open();
  }

  leave() {
    this.unbind();
    this.current?.leave?.();
    window.removeEventListener("hashchange", this.onhash);
  }

  bindings() {
    const tabs = TABS.map((name, at) => [String(at + 1), [name, () => this.show(name)]]);
    return {
      ...Object.fromEntries(tabs),
      A: ["approve", () => this.review("approve")],
      R: ["request changes", () => this.review("request_changes")],
      M: ["merge", () => this.merge()],
    };
  }

  /** The tab and what it is asked to show: `#rows?dataset=d&key=k`. */
  get place() {
    const [name, query] = location.hash.slice(1).split("?", 2);
    return { name: TABS.includes(name) ? name : "rows", asked: new URLSearchParams(query ?? "") };
  }

  /** The rows come back as they were left. */
  show(name, asked = name === "rows" ? this.left : "") {
    const hash = `#${name}${asked ? `?${asked}` : ""}`;
    if (location.hash === hash) this.open();
    else location.hash = hash;
  }

  open() {
    const { name, asked } = this.place;
    if (this.current?.name === name && this.current.asked?.(asked)) return;
    this.current?.leave?.();
    const make = { rows: rowsTab, spec, measures, conversation }[name];
    this.current = { name, ...make(this, asked) };
    this.panel.className = `panel ${name}`;
    this.panel.setAttribute("aria-labelledby", `tab-${name}`);
    fill(this.panel, this.current.element);
    this.drawTabs();
    this.current.shown?.();
  }

  /** Posts something about this pull request; answers what the server said, and shows its new state. */
  async act(path, body, said) {
    const answer = await post(`pulls/${this.number}/${path}`, body);
    if (said) say(said);
    await this.refresh(answer.rules ? answer : null);
    return answer;
  }

  /** Whether something that was decided is on its way. */
  busy(is) {
    this.element.setAttribute("aria-busy", String(is));
  }

  async refresh(pull = null) {
    this.pull = pull ?? (await get(`pulls/${this.number}`));
    const decided = this.pull.digest === this.seen && this.diff.digest !== this.seen;
    if (decided) this.diff = await diffOf(this.number);
    this.drawHead();
    this.drawTabs();
    if (decided && ["spec", "measures"].includes(this.current?.name)) this.open();
    else this.current?.update?.();
  }

  drawHead() {
    const { pull } = this;
    const title = h("h1", {}, bdi(pull.title), h("span", { class: "number" }, ` #${this.number}`));
    const about = h("p", { class: "about" }, h("span", { class: `state ${pull.state}` }, pull.state), " ", person(pull.author), ` ${pull.state === "open" ? "wants" : "wanted"} to merge `, branches(pull));
    const moved = pull.state === "open" && pull.digest !== this.seen && this.movedOn();
    const rules = h("ul", { class: "rules", "aria-label": "What merging needs" }, pull.rules.map(rule));
    fill(this.head, h("div", { class: "what" }, title, about), moved, rules, this.problems(), h("div", { class: "actions" }, this.actions()));
  }

  /** Someone else changed the source or the target: what is on the screen is not what would be merged. */
  movedOn() {
    const load = h("button", { type: "button", onclick: () => location.reload() }, "Load it anew");
    return h("p", { class: "moved", role: "alert" }, "The diff has changed since you opened it. ", load);
  }

  problems() {
    const { conflicts, problems } = this.pull;
    if (!conflicts && !problems.length) return null;
    const lead = conflicts ? `${plural(conflicts, "place")} changed on both sides: resolve with synth merge` : "merging would break something";
    return h("details", { class: "problems" }, h("summary", {}, `✗ ${lead}`), problems.map(diagnostic));
  }

  actions() {
    const { pull } = this;
    if (pull.state === "merged") return [];
    if (pull.state === "closed") return [action("Reopen", () => this.quietly("reopen", {}, "reopened"))];
    return [
      action("Approve", () => this.review("approve"), { "aria-keyshortcuts": "Shift+A" }),
      action("Request changes", () => this.review("request_changes"), { "aria-keyshortcuts": "Shift+R" }),
      action("Merge", () => this.merge(), { class: pull.mergeable ? "primary" : "waits", "aria-keyshortcuts": "Shift+M" }),
      action("Close", () => this.quietly("close", {}, "closed"), { class: "quiet" }),
    ];
  }

  async quietly(path, body, said) {
    try {
      await this.act(path, body, said);
    } catch (problem) {
      complain(problem);
    }
  }

  review(verdict) {
    if (this.pull.state !== "open") return;
    const approve = verdict === "approve";
    ask({
      title: approve ? "Approve" : "Request changes",
      intro: h("p", { class: "intro" }, "It holds for the diff you see now; a change to one cell makes it stale."),
      fields: [{ name: "text", label: approve ? "A word with it (may be empty)" : "What should change", rows: 4, required: !approve }],
      button: approve ? "Approve" : "Request changes",
      act: async ({ text }) => {
        await this.current?.rest?.();
        await this.act("reviews", { verdict, text, digest: this.seen }, approve ? "approved" : "changes requested");
      },
    });
  }

  merge() {
    const { pull } = this;
    if (pull.state !== "open") return;
    ask({
      title: "Merge",
      intro: [h("p", { class: "intro" }, branches(pull)), h("ul", { class: "rules tall" }, pull.rules.map(rule))],
      button: "Merge",
      danger: !pull.mergeable,
      act: async () => {
        await this.current?.rest?.();
        await this.act("merge", { digest: this.seen }, "merged");
      },
    });
  }

  drawTabs() {
    const total = { added: 0, removed: 0, changed: 0 };
    const tables = this.diff.datasets.flatMap((dataset) => dataset.tables);
    for (const name of Object.keys(total)) total[name] = tables.reduce((sum, table) => sum + table.listed[name], 0);
    const notes = { rows: counts(total), conversation: this.pull.comments.length || null };
    const chosen = this.current?.name ?? this.place.name;
    fill(this.tabs, TABS.map((name, at) => this.tab(name, at, notes[name], name === chosen)));
  }

  tab(name, at, note, selected) {
    const attributes = {
      type: "button",
      role: "tab",
      id: `tab-${name}`,
      "aria-selected": String(selected),
      "aria-keyshortcuts": String(at + 1),
      tabindex: selected ? "0" : "-1",
      onclick: () => this.show(name),
      onkeydown: (event) => this.turn(event, at),
    };
    return h("button", attributes, name, note !== null && note !== undefined && [" ", h("small", {}, note)]);
  }

  turn(event, at) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const name = TABS[(at + by + TABS.length) % TABS.length];
    this.show(name);
    requestAnimationFrame(() => document.getElementById(`tab-${name}`)?.focus());
  }
}

function action(text, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, text);
}

function rule({ name, met, text }) {
  return h("li", { class: met ? "met" : "unmet" }, h("span", { role: "img", "aria-label": met ? "met" : "not met" }, met ? "✓ " : "✗ "), name, ": ", bdi(text));
}
