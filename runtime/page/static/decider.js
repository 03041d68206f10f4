// Verdicts in, as fast as keys are pressed; as few requests as that takes out, in order, and rows that say how they stand.

import { post } from "./api.js";
import { complain } from "./say.js";

/** One request is under way at a time; what is decided meanwhile goes together in the next. */
export class Decider {
  constructor(page, changed) {
    Object.assign(this, { page, changed, waiting: new Map(), running: null });
    this.warn = (event) => this.waiting.size + Number(this.running !== null) && event.preventDefault();
    window.addEventListener("beforeunload", this.warn);
  }

  async stop() {
    await this.rest();
    window.removeEventListener("beforeunload", this.warn);
  }

  decide(place, row, verdict, { values = {}, note = "" } = {}) {
    const decision = { ...place, seen: row.hash, verdict, values, note };
    return this.put(place, row, { decision, now: { verdict, by: this.page.me.name, note, values, state: "saving" } });
  }

  withdraw(place, row) {
    return this.put(place, row, { decision: null, now: null });
  }

  /** When nothing is on its way any more. */
  async rest() {
    while (this.running) await this.running;
  }

  put(place, row, change) {
    const before = row.decision;
    row.decision = change.now;
    this.changed(row);
    return new Promise((resolve, reject) => {
      this.waiting.set(`${place.dataset}/${place.table}/${place.key}`, { place, row, before, ...change, resolve, reject });
      this.running ??= this.flush();
      this.page.busy(true);
    });
  }

  async flush() {
    await Promise.resolve(); // All that one key press decides goes together.
    while (this.waiting.size) {
      const batch = [...this.waiting.values()];
      this.waiting.clear();
      const made = batch.filter((one) => one.decision);
      const taken = batch.filter((one) => !one.decision);
      if (made.length) await this.send(made, { decisions: made.map((one) => one.decision) });
      if (taken.length) await this.send(taken, { withdraw: taken.map((one) => one.place) });
    }
    await this.page.refresh().catch(complain);
    this.running = this.waiting.size ? this.flush() : null;
    if (!this.running) this.page.busy(false);
  }

  async send(batch, body) {
    try {
      const { was, digest } = await post(`pulls/${this.page.number}/decisions`, body);
      if (was === this.page.seen) this.page.seen = digest; // Otherwise someone else's changes lie between, which nobody here saw.
      for (const { row, now, resolve } of batch) {
        if (row.decision && row.decision === now) row.decision.state = "applied";
        this.changed(row);
        resolve();
      }
    } catch (problem) {
      for (const { row, before, reject } of batch) {
        row.decision = before;
        this.changed(row);
        reject(problem);
      }
    }
  }
}
