// A key or a button and the row it is about in; what a person thinks of that row, sent to the server, out.

import { post } from "./api.js";
import { Decider } from "./decider.js";
import { commentForm, editForm, rejectForm } from "./forms.js";
import { complain, say } from "./say.js";

const DECIDES = new Set(["accept", "reject", "edit", "why"]);

/** At most one form is open, in the card of row `form.index`. */
export class Acts {
  constructor(rows) {
    Object.assign(this, { rows, form: null, undone: [] });
    this.decider = new Decider(rows.page, (row) => rows.redrawRow(row));
  }

  /** Other rows are listed: where the ones decided before stand is not known any more. */
  forget() {
    Object.assign(this, { form: null, undone: [] });
  }

  /** What a key or a button is called, of the row at `index`. */
  act(name, index) {
    const row = this.rows.pager?.row(index);
    if (!row || !this.rows.open) return;
    this.rows.mark(index);
    const does = { accept: "decide", reject: "decide", edit: "edit", why: "why", undo: "undo", read: "read", comment: "comment", cell: "comment" }[name];
    if (DECIDES.has(name) && !row.hash) return say("this row is not in the source: comment on it instead");
    this[does](row, index, name);
  }

  /** Decides and goes on to the next row. */
  decide(row, index, verdict, more = {}) {
    const sent = this.decider.decide(this.rows.place(row), row, verdict, more);
    this.undone.push({ row, index });
    say(`${row.key}: ${verdict === "accept" ? "accepted" : "rejected"}`);
    if (index === this.rows.current) this.rows.go(index + 1);
    sent.catch(complain);
  }

  undo(row, index) {
    const last = row.decision ? { row, index } : this.undone.findLast((done) => done.row.decision);
    if (!last) return say("nothing to undo");
    const stale = last.row.decision.verdict === "edit" || this.rows.pager.peek(last.index) !== last.row;
    this.rows.go(last.index);
    say(`${last.row.key}: undone`);
    this.decider.withdraw(this.rows.place(last.row), last.row).then(() => stale && this.rows.pager.again(last.index), complain);
  }

  async read(row, index) {
    if (!row.flags.length || row.read) return;
    try {
      await post(`pulls/${this.rows.page.number}/read`, { places: [this.rows.place(row)] });
      row.read = true;
      say(`${row.key}: read`);
      await this.rows.page.refresh();
      this.rows.scroller.redraw(index);
    } catch (problem) {
      complain(problem);
    }
  }

  edit(row, index) {
    const send = async (values, note) => {
      await this.decider.decide(this.rows.place(row), row, "edit", { values, note });
      say(`${row.key}: edited`);
      await this.rows.pager.again(index);
    };
    this.write(index, (again, draft, done) => editForm(again, this.rows.pager.about.columns, draft, send, done));
  }

  why(row, index) {
    const send = async (note) => this.decide(row, index, "reject", { note });
    this.write(index, (again, draft, done) => rejectForm(again, draft, send, done));
  }

  comment(row, index, name) {
    const names = this.rows.pager.about.columns.map((column) => column.name);
    const draft = { column: name === "cell" ? row.cells?.[0]?.column ?? names[0] : "" };
    const send = (text, column) => this.rows.page.act("comments", { text, at: { ...this.rows.place(row), column }, reply_to: null }, "commented");
    this.write(index, (again, kept, done) => commentForm(again, names, kept, send, done), draft);
  }

  /** Opens a form in the row's card; what is typed is kept while the card is away. */
  write(index, make, draft = {}) {
    const before = this.form?.index;
    const done = () => this.closeForm(index);
    this.form = { index, make: (row) => make(row, draft, done) };
    if (before !== undefined && before !== index) this.rows.scroller.redraw(before);
    this.rows.scroller.redraw(index);
    this.rows.scroller.reveal(index);
    this.rows.scroller.element(index)?.querySelector(".onrow textarea")?.focus({ preventScroll: true });
  }

  closeForm(index) {
    if (this.form?.index !== index) return;
    this.form = null;
    this.rows.scroller.redraw(index);
    if (index === this.rows.current) this.rows.scroller.element(index)?.focus({ preventScroll: true });
  }
}
