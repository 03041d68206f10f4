// What is asked of the server's rows in; any row of the answer by its number out, fetched in pages when looked at.

import { get } from "./api.js";

const PAGE = 100;
const KEPT = 40;
const AT_ONCE = 3;

export class Pager {
  /** `arrived(first, last)` hears of rows that came, `failed(problem)` of a page that did not. */
  constructor(path, asked, arrived, failed) {
    Object.assign(this, { path, asked, arrived, failed, total: 0, about: null });
    this.pages = new Map();
    this.waiting = [];
    this.running = new Map();
  }

  /** The first page that is looked at, which says how many rows there are. `near` asks for the page with that key. */
  async begin(near = null) {
    const answer = await get(this.path, { ...this.asked, offset: 0, limit: PAGE, near });
    this.about = answer;
    this.total = answer.total;
    if (answer.offset % PAGE === 0) this.pages.set(answer.offset / PAGE, answer.rows);
    return answer.index ?? null;
  }

  /** The row, or undefined while its page is on the way. */
  row(index) {
    const page = Math.floor(index / PAGE);
    const rows = this.pages.get(page);
    if (!rows) {
      this.want(page);
      return undefined;
    }
    this.pages.delete(page); // The map's order is that of use.
    this.pages.set(page, rows);
    return rows[index - page * PAGE];
  }

  /** The row if it is here. */
  peek(index) {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** The row, however long it takes. */
  async fetched(index) {
    const page = Math.floor(index / PAGE);
    if (!this.pages.has(page)) await this.load(page);
    return this.row(index);
  }

  /** What is looked at now comes first; pages that were scrolled past are forgotten. */
  want(page) {
    if (this.running.has(page) || this.waiting.includes(page)) return;
    this.waiting.push(page);
    this.waiting = this.waiting.slice(-AT_ONCE);
    this.next();
  }

  next() {
    while (this.waiting.length && this.running.size < AT_ONCE) {
      const page = this.waiting.pop();
      this.load(page).catch((problem) => problem.name === "AbortError" || this.failed(problem));
    }
  }

  load(page) {
    if (this.running.has(page)) return this.running.get(page).done;
    const stop = new AbortController();
    const done = this.answered(page, stop.signal).finally(() => {
      this.running.delete(page);
      this.next();
    });
    this.running.set(page, { done, stop });
    return done;
  }

  async answered(page, signal) {
    const { rows } = await get(this.path, { ...this.asked, offset: page * PAGE, limit: PAGE }, signal);
    this.pages.set(page, rows);
    for (const old of this.pages.keys()) if (this.pages.size > KEPT && old !== page) this.pages.delete(old);
    this.arrived(page * PAGE, page * PAGE + rows.length - 1);
  }

  /** Asks again for the page of a row whose content changed. */
  again(index) {
    return this.load(Math.floor(index / PAGE));
  }

  stop() {
    this.waiting = [];
    for (const { stop } of this.running.values()) stop.abort();
  }
}
