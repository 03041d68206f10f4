// A pull request's changed rows in; the list one reads, decides and comments in out.

import { post } from "./api.js";
import { Decider } from "./decider.js";
import { h } from "./dom.js";
import { Filters } from "./filters.js";
import { commentForm, editForm, rejectForm } from "./forms.js";
import { bind } from "./keys.js";
import { Pager } from "./pager.js";
import { card, placeholder } from "./row.js";
import { complain, say } from "./say.js";
import { Scroller } from "./scroller.js";
import { count } from "./text.js";

/** So many rows one press of n or p looks through. */
const FAR = 3000;

export function rowsTab(page, asked) {
  const tab = new Rows(page, asked);
  return { element: tab.element, shown: () => tab.load(asked.get("key")), leave: () => tab.leave(), update: () => tab.update(), rest: () => tab.decider.rest(), asked: (next) => tab.goto(next) };
}

class Rows {
  constructor(page, asked) {
    Object.assign(this, { page, current: 0, whole: new Set(), form: null, undone: [], searching: 0 });
    this.filters = new Filters(page.diff, asked, () => this.load());
    this.list = h("div", { class: "list", role: "feed", "aria-label": "Rows that differ", tabindex: "-1" });
    this.list.addEventListener("focusin", ({ target }) => this.entered(target));
    const heads = h("div", { class: "heads", "aria-hidden": "true" }, h("span", {}, "column"), h("span", {}, page.pull.target), h("span", {}, page.pull.source));
    this.element = h("div", { class: "rowtab" }, this.filters.element, heads, this.list);
    this.decider = new Decider(page, (row) => this.redrawRow(row));
    this.unbind = bind("Rows", this.bindings());
  }

  bindings() {
    const act = (name) => () => this.act(name, this.current);
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
    if (!this.filters.chosen) return void this.list.replaceChildren(h("p", { class: "empty" }, "No row differs."));
    history.replaceState(null, "", `#rows?${this.filters.query()}`);
    this.pager?.stop();
    const pager = new Pager(`pulls/${this.page.number}/rows`, { ...this.filters.asked }, (first, last) => this.redraw(first, last), complain);
    this.pager = pager;
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

  begin(index) {
    Object.assign(this, { current: index, form: null });
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
    this.pager?.stop();
    this.scroller?.stop();
    this.decider.stop();
    this.unbind();
  }

  draw(index) {
    const row = this.pager.row(index);
    const view = { index, total: this.pager.total, current: index === this.current };
    if (!row) return { element: placeholder(view), final: false };
    const comments = this.page.pull.comments.filter(({ at }) => at && at.key === row.key && at.table === this.table.table && at.dataset === this.table.dataset);
    const form = this.form?.index === index ? this.form.make(row) : null;
    const more = { columns: this.pager.about.columns, whole: this.whole.has(row.key), comments, form, open: this.open, act: (name, at) => this.act(name, at) };
    return { element: card(row, { ...view, ...more }), final: true };
  }

  redrawRow(row) {
    for (const index of this.scroller?.cards.keys() ?? []) if (this.pager.peek(index) === row) return this.redraw(index, index);
  }

  /** Draws what is on the screen of these rows again, but not where someone is writing. */
  redraw(first = 0, last = this.pager.total - 1) {
    const writing = this.form?.index ?? -1;
    this.scroller?.redraw(first, last, writing);
  }

  /** The pull request changed: its comments and its state are in every card. */
  update() {
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

  act(name, index) {
    const row = this.pager?.row(index);
    if (!row || !this.open) return;
    this.mark(index);
    const does = { accept: "decide", reject: "decide", edit: "edit", why: "why", undo: "undo", read: "read", comment: "comment", cell: "comment" }[name];
    if (["accept", "reject", "edit", "why"].includes(name) && !row.hash) return say("this row is not in the source: comment on it instead");
    this[does](row, index, name);
  }

  /** Decides and goes on to the next row. */
  decide(row, index, verdict, more = {}) {
    const sent = this.decider.decide(this.place(row), row, verdict, more);
    this.undone.push({ row, index });
    say(`${row.key}: ${verdict === "accept" ? "accepted" : "rejected"}`);
    if (index === this.current) this.go(index + 1);
    sent.catch(complain);
  }

  undo(row, index) {
    const last = row.decision ? { row, index } : this.undone.findLast((done) => done.row.decision);
    if (!last) return say("nothing to undo");
    const edited = last.row.decision.verdict === "edit";
    this.go(last.index);
    say(`${last.row.key}: undone`);
    this.decider.withdraw(this.place(last.row), last.row).then(() => edited && this.pager.again(last.index), complain);
  }

  async read(row, index) {
    if (!row.flags.length || row.read) return;
    try {
      await post(`pulls/${this.page.number}/read`, { places: [this.place(row)] });
      row.read = true;
      say(`${row.key}: read`);
      await this.page.refresh();
      this.scroller.redraw(index);
    } catch (problem) {
      complain(problem);
    }
  }

  edit(row, index) {
    const send = async (values, note) => {
      await this.decider.decide(this.place(row), row, "edit", { values, note });
      say(`${row.key}: edited`);
      await this.pager.again(index);
    };
    this.write(index, (again, draft, done) => editForm(again, this.pager.about.columns, draft, send, done));
  }

  why(row, index) {
    const send = async (note) => this.decide(row, index, "reject", { note });
    this.write(index, (again, draft, done) => rejectForm(again, draft, send, done));
  }

  comment(row, index, name) {
    const names = this.pager.about.columns.map((column) => column.name);
    const draft = { column: name === "cell" ? row.cells?.[0]?.column ?? names[0] : "" };
    const send = (text, column) => this.page.act("comments", { text, at: { ...this.place(row), column }, reply_to: null }, "commented");
    this.write(index, (again, kept, done) => commentForm(again, names, kept, send, done), draft);
  }

  /** Opens a form in the row's card; what is typed is kept while the card is away. */
  write(index, make, draft = {}) {
    const before = this.form?.index;
    const done = () => this.closeForm(index);
    this.form = { index, make: (row) => make(row, draft, done) };
    if (before !== undefined && before !== index) this.scroller.redraw(before);
    this.scroller.redraw(index);
    this.scroller.reveal(index);
    this.scroller.element(index)?.querySelector(".onrow textarea")?.focus({ preventScroll: true });
  }

  closeForm(index) {
    if (this.form?.index !== index) return;
    this.form = null;
    this.scroller.redraw(index);
    if (index === this.current) this.scroller.element(index)?.focus({ preventScroll: true });
  }
}
