// A pull request's changed rows in; the list one reads, decides and comments in out.

import { Acts } from "./acts.js";
import { h } from "./dom.js";
import { Filters } from "./filters.js";
import { bind } from "./keys.js";
import { Pager } from "./pager.js";
import { card, placeholder } from "./row.js";
import { complain, diagnostics, say } from "./say.js";
import { Scroller } from "./scroller.js";
import { count } from "./text.js";

/** Milliseconds after which the address names the row. */
const KEEP = 250;
/** So many rows one press of n or p looks through. */
const FAR = 3000;

export function rowsTab(page, asked) {
  const tab = new Rows(page, asked);
  return { element: tab.element, shown: () => tab.load(asked.get("key")), leave: () => tab.leave(), update: () => tab.update(), rest: () => tab.acts.decider.rest(), asked: (next) => tab.goto(next) };
}

class Rows {
  constructor(page, asked) {
    Object.assign(this, { page, current: 0, whole: new Set(), context: false, searching: 0 });
    this.acts = new Acts(this);
    this.filters = new Filters(page.diff, asked, () => this.load());
    this.list = h("div", { class: "list", role: "feed", "aria-label": "Rows that differ", tabindex: "-1" });
    this.list.addEventListener("focusin", ({ target }) => this.entered(target));
    const heads = h("div", { class: "heads", "aria-hidden": "true" }, h("span", {}, "column"), h("span", {}, page.pull.target), h("span", {}, page.pull.source));
    this.element = h("div", { class: "rowtab" }, this.filters.element, heads, this.list);
    this.unbind = bind("Rows", this.bindings());
  }

  bindings() {
    const act = (name) => () => this.acts.act(name, this.current);
    return {
      j: ["next row", () => this.go(this.current + 1)],
      ArrowDown: ["", () => this.go(this.current + 1)],
      k: ["previous row", () => this.go(this.current - 1)],
      ArrowUp: ["", () => this.go(this.current - 1)],
      n: ["next row without a decision", () => this.seek(1, (row) => row.hash && !row.decision, "undecided")],
      p: ["previous one", () => this.seek(-1, (row) => row.hash && !row.decision, "undecided")],
      N: ["next flagged row that nobody read", () => this.seek(1, (row) => row.flags.length && !row.read, "flagged")],
      P: ["previous one", () => this.seek(-1, (row) => row.flags.length && !row.read, "flagged")],
      Home: ["first row", () => this.go(0)],
      End: ["last row", () => this.go(this.pager.total - 1)],
      PageDown: ["", () => this.leap(1)],
      PageUp: ["", () => this.leap(-1)],
      Enter: ["all columns, whole texts", (event) => event.target.closest("button, a, summary") ? false : this.toggle()],
      v: ["all columns of every row", () => this.widen()],
      a: ["accept", act("accept")],
      r: ["reject", act("reject")],
      e: ["edit", act("edit")],
      x: ["reject and say why", act("why")],
      u: ["undo a decision", act("undo")],
      m: ["mark a flagged row as read", act("read")],
      c: ["comment on the row", act("comment")],
      C: ["comment on a cell", act("cell")],
      "/": ["filter by a condition", () => this.filters.element.querySelector("[name=where]").focus()],
    };
  }

  get table() {
    return { dataset: this.filters.asked.dataset, table: this.filters.asked.table };
  }

  get open() {
    return this.page.pull.state === "open";
  }

  place(row) {
    return { ...this.table, key: row.key };
  }

  /** Asks for rows anew. `near`: the key to begin at. */
  async load(near = null) {
    const { refused } = this.page.diff;
    if (!this.filters.chosen) return void this.list.replaceChildren(h("div", { class: "empty" }, refused ? diagnostics(refused) : "No row differs."));
    this.keep(near);
    this.pager?.stop();
    const pager = new Pager(`pulls/${this.page.number}/rows`, { ...this.filters.asked }, (first, last) => this.redraw(first, last), complain);
    this.pager = pager;
    this.acts.forget();
    try {
      const index = await pager.begin(near);
      if (this.pager !== pager) return;
      this.filters.refuse(null);
      this.begin(index ?? 0);
      if (near && index === null) say("that row is not among these");
    } catch (problem) {
      if (this.pager === pager) this.filters.refuse(problem);
    }
  }

  /** The address keeps what is asked for and where the reader is: it is a link to that row. */
  keep(key) {
    clearTimeout(this.keeping);
    history.replaceState(null, "", `#rows?${this.query(key)}`);
  }

  query(key) {
    return this.filters.query() + (key ? `&${new URLSearchParams({ key })}` : "");
  }

  begin(index) {
    this.current = index;
    this.acts.form = null;
    this.whole.clear();
    if (!this.pager.total) {
      this.scroller?.stop();
      this.scroller = null;
      this.list.replaceChildren(h("p", { class: "empty" }, "No row is like that."));
    } else {
      this.scroller ??= new Scroller(this.list, (at) => this.draw(at));
      this.scroller.reset(this.pager.total, 110);
      this.scroller.reset(this.pager.total, this.scroller.average());
      this.scroller.reveal(index, "start");
      if (this.filters.lets) this.scroller.element(index)?.focus({ preventScroll: true });
    }
    this.cover();
  }

  cover() {
    this.filters.cover(this.pager.about, this.current);
  }

  goto(asked) {
    this.filters.take(asked);
    this.load(asked.get("key"));
    return true;
  }

  leave() {
    this.page.left = this.query(this.pager?.peek(this.current)?.key);
    clearTimeout(this.keeping);
    this.pager?.stop();
    this.scroller?.stop();
    this.acts.decider.stop();
    this.unbind();
  }

  draw(index) {
    const row = this.pager.row(index);
    const view = { index, total: this.pager.total, current: index === this.current };
    if (!row) return { element: placeholder(view), final: false };
    const comments = this.page.pull.comments.filter(({ at }) => at && at.key === row.key && at.table === this.table.table && at.dataset === this.table.dataset);
    const form = this.acts.form?.index === index ? this.acts.form.make(row) : null;
    const more = { columns: this.pager.about.columns, whole: this.whole.has(row.key), context: this.context, comments, form, open: this.open, act: (name, at) => this.acts.act(name, at) };
    return { element: card(row, { ...view, ...more }), final: true };
  }

  redrawRow(row) {
    for (const index of this.scroller?.cards.keys() ?? []) if (this.pager.peek(index) === row) return this.redraw(index, index);
  }

  /** Draws what is on the screen of these rows again, but not where someone is writing. */
  redraw(first = 0, last = (this.pager?.total ?? 0) - 1) {
    this.scroller?.redraw(first, last, this.acts.form?.index);
  }

  /** The pull request changed: its comments and its state are in every card. */
  update() {
    this.filters.renew(this.page.diff);
    if (this.pager?.about) this.cover();
    this.redraw();
  }

  entered(target) {
    const index = Number(target.closest(".card")?.dataset.index ?? this.current);
    if (index === this.current) return;
    this.mark(index);
  }

  mark(index) {
    this.tell(this.current, false);
    this.current = index;
    this.tell(index, true);
    this.cover();
    clearTimeout(this.keeping); // Browsers take only so many changes of the address at once.
    this.keeping = setTimeout(() => this.keep(this.pager.peek(index)?.key), KEEP);
  }

  tell(index, current) {
    const element = this.scroller.element(index);
    if (!element) return;
    element.classList.toggle("current", current);
    element.tabIndex = current ? 0 : -1;
    for (const button of element.querySelectorAll(".does button")) button.tabIndex = current ? 0 : -1;
  }

  go(index) {
    if (!this.scroller) return;
    this.mark(Math.max(0, Math.min(index, this.pager.total - 1)));
    this.scroller.reveal(this.current);
    this.scroller.element(this.current)?.focus({ preventScroll: true });
  }

  /** A screenful on or back. */
  leap(by) {
    const { scroller } = this;
    if (!scroller) return;
    const place = scroller.heights.top(this.current) + by * Math.max(80, scroller.height - 60);
    const index = scroller.heights.at(Math.max(0, place));
    this.go(index === this.current ? index + by : index);
  }

  /** The next row that is as wanted, on pages not yet fetched too. */
  async seek(by, wanted, name) {
    const turn = ++this.searching;
    let index = this.current;
    for (let looked = 0; looked < FAR; looked++) {
      index += by;
      if (index < 0 || index >= this.pager.total) return say(`no ${name} row ${by > 0 ? "after" : "before"} this one`);
      const row = this.pager.peek(index) ?? (await this.pager.fetched(index));
      if (turn !== this.searching) return;
      if (wanted(row)) return this.go(index);
    }
    this.go(index);
    say(`no ${name} row among ${count(FAR)}: again to look further`);
  }

  toggle() {
    const row = this.pager.row(this.current);
    if (!row) return;
    if (!this.whole.delete(row.key)) this.whole.add(row.key);
    this.scroller.redraw(this.current);
    this.scroller.reveal(this.current);
  }

  /** Shows what did not change too, in every row, or not any more. */
  widen() {
    this.context = !this.context;
    say(this.context ? "all columns" : "columns that differ");
    if (this.pager?.total) this.begin(this.current);
  }
}
