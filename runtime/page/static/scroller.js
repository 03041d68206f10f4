// How many rows there are and how to draw one in; a list that scrolls through all of them with few elements out.
//
// `place` is where the reader is in the sum of all heights, `bar` where the scrollbar is. They part when rows above turn
// out taller than estimated, or when the sum is taller than a browser can lay out; the layer's offset makes up for it,
// so that nothing moves under the reader, and they are brought together again when scrolling rests.

import { h } from "./dom.js";
import { Heights } from "./heights.js";

const TALLEST = 8_000_000;
const AHEAD = 700;
const REST = 140;

export class Scroller {
  /** `draw(index)` answers {element, final}: an element that is not final is drawn again, and its height not kept. */
  constructor(viewport, draw) {
    Object.assign(this, { viewport, draw, place: 0, bar: 0, base: 0, frame: 0, rest: 0, cards: new Map() });
    this.layer = h("div", { class: "layer" });
    this.canvas = h("div", { class: "canvas" }, this.layer);
    viewport.replaceChildren(this.canvas);
    viewport.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.sizes = new ResizeObserver((entries) => this.resized(entries));
    this.sizes.observe(viewport);
    this.reset(0, 100);
  }

  reset(count, estimate) {
    this.heights = new Heights(count, estimate);
    for (const card of this.cards.values()) this.drop(card);
    this.cards.clear();
    this.place = 0;
    this.settle();
    this.update();
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.sizes.disconnect();
  }

  get height() {
    return this.viewport.clientHeight;
  }

  get furthest() {
    return Math.max(0, this.heights.total - this.height);
  }

  /** How much further a reader gets than the bar moves: 1 unless the rows are taller than a browser can lay out. */
  get scale() {
    const physical = Math.min(this.heights.total, TALLEST) - this.height;
    return physical > 0 ? Math.max(1, this.furthest / physical) : 1;
  }

  scrolled() {
    const bar = this.viewport.scrollTop;
    const moved = bar - this.bar;
    if (!moved) return;
    this.bar = bar;
    const jumped = Math.abs(moved) > 2 * this.height;
    this.place = this.clamp(jumped ? bar * this.scale : this.place + moved);
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.rested(), REST);
    if (this.stuck(bar)) this.settle();
    this.frame ||= requestAnimationFrame(() => this.update());
  }

  /** A browser tells of a moved bar a frame late: what it has not told yet is the reader's, and not to be undone. */
  rested() {
    if (this.viewport.scrollTop === this.bar) this.settle();
    else this.scrolled();
  }

  /** The bar is at an end and the reader is not. */
  stuck(bar) {
    const end = Math.min(this.heights.total, TALLEST) - this.height;
    return (bar <= 0 && this.place > 0) || (bar >= end - 1 && this.place < this.furthest - 1);
  }

  clamp(place) {
    return Math.max(0, Math.min(place, this.furthest));
  }

  /** Brings bar and place together without moving what is seen. */
  settle() {
    clearTimeout(this.rest);
    this.canvas.style.height = `${Math.min(this.heights.total, TALLEST)}px`;
    this.place = this.clamp(this.place);
    const bar = this.place / this.scale;
    if (Math.abs(bar - this.viewport.scrollTop) > 0.5) this.viewport.scrollTop = bar;
    this.bar = this.viewport.scrollTop;
    this.shift();
  }

  shift() {
    this.layer.style.transform = `translateY(${this.base - this.place + this.bar}px)`;
  }

  /** Draws what is near, measures what is new, then places all: one layout a frame. */
  update() {
    this.frame = 0;
    const { heights } = this;
    if (!heights.count) return;
    const first = heights.at(this.place - AHEAD);
    const last = heights.at(this.place + this.height + AHEAD);
    const fresh = this.renew(first, last);
    const measured = fresh.map((card) => card.element.offsetHeight);
    fresh.forEach((card, at) => card.final && this.grow(card.index, measured[at], true));
    this.position(first);
    if (heights.top(last + 1) < Math.min(this.place + this.height, heights.total)) this.frame ||= requestAnimationFrame(() => this.update());
  }

  /** Takes away the cards that are far, unless the reader's focus is in them, and draws those that are missing. */
  renew(first, last) {
    const fresh = [];
    for (const [index, card] of this.cards) {
      if ((index < first || index > last) && !card.element.contains(document.activeElement)) {
        this.drop(card);
        this.cards.delete(index);
      }
    }
    for (let index = first; index <= last; index++) if (!this.cards.has(index)) fresh.push(this.add(index));
    return fresh;
  }

  add(index) {
    const card = { index, top: null, ...this.draw(index) };
    card.element.style.minHeight = card.final ? "" : `${this.heights.of(index) - 1}px`;
    card.element.dataset.index = index;
    this.cards.set(index, card);
    this.layer.append(card.element);
    this.sizes.observe(card.element);
    return card;
  }

  drop(card) {
    this.sizes.unobserve(card.element);
    card.element.remove();
  }

  /** A row's height became known or changed: rows above the reader push the rest down out of sight. */
  grow(index, height, fresh = false) {
    const top = this.heights.top(index);
    const before = this.heights.of(index);
    const grown = this.heights.set(index, height);
    if (grown && (fresh ? top < this.place - 1 : top + before <= this.place)) this.place += grown;
    return grown;
  }

  position(first) {
    this.base = this.heights.top(first);
    for (const card of this.cards.values()) {
      const top = this.heights.top(card.index) - this.base;
      if (top !== card.top) card.element.style.transform = `translateY(${top}px)`;
      card.top = top;
    }
    this.canvas.style.height = `${Math.min(this.heights.total, TALLEST)}px`;
    this.shift();
  }

  resized(entries) {
    let grown = 0;
    for (const { target } of entries) {
      const card = this.cards.get(Number(target.dataset.index));
      if (card?.element === target && card.final) grown += Math.abs(this.grow(card.index, target.offsetHeight));
      else if (target === this.viewport) grown += 1;
    }
    if (!grown) return;
    this.place = this.clamp(this.place);
    this.frame ||= requestAnimationFrame(() => this.update());
  }

  /** Draws these rows again, where they are on the screen. One of them may be left as it is. */
  redraw(from, to = from, but = -1) {
    for (const [index, card] of [...this.cards]) {
      if (index < from || index > to || (index === but && card.final)) continue;
      const focused = card.element.contains(document.activeElement);
      this.drop(card);
      this.cards.delete(index);
      if (focused) this.add(index).element.focus({ preventScroll: true });
    }
    this.update();
  }

  element(index) {
    return this.cards.get(index)?.element;
  }

  /** Moves as little as needed to show the whole row, or its beginning. Twice, for heights come with drawing. */
  reveal(index, align = "nearest") {
    for (let turn = 0; turn < 3; turn++) {
      const top = this.heights.top(index);
      const bottom = top + this.heights.of(index);
      if (align === "start" || top < this.place || bottom - top > this.height) this.place = top;
      else if (bottom > this.place + this.height) this.place = bottom - this.height;
      else if (turn) break;
      this.settle();
      this.update();
    }
  }

  /** The mean height of the rows that are drawn: what to expect of the others. */
  average() {
    const drawn = [...this.cards.values()].filter((card) => card.final);
    const sum = drawn.reduce((all, card) => all + this.heights.of(card.index), 0);
    return drawn.length ? Math.round(sum / drawn.length) : this.heights.estimate;
  }
}
