// Heights of rows as they become known in; where each row begins, and which row is at a place, out. O(log n) each.

/** A Fenwick tree over what rows differ by from the estimate. */
export class Heights {
  constructor(count, estimate) {
    this.count = count;
    this.estimate = estimate;
    this.known = new Float32Array(count);
    this.tree = new Float64Array(count + 1);
    this.step = 1;
    while (this.step * 2 <= count) this.step *= 2;
  }

  get total() {
    return this.top(this.count);
  }

  of(index) {
    return this.known[index] || this.estimate;
  }

  /** Where row `index` begins: the heights of all before it. */
  top(index) {
    let sum = index * this.estimate;
    for (let at = index; at > 0; at -= at & -at) sum += this.tree[at];
    return sum;
  }

  /** Takes a measured height; answers by how much the row grew. */
  set(index, height) {
    const grown = height - this.of(index);
    this.known[index] = height;
    if (grown) for (let at = index + 1; at <= this.count; at += at & -at) this.tree[at] += grown;
    return grown;
  }

  /** The row at `place`, the last row beyond the end. */
  at(place) {
    let index = 0;
    for (let step = this.step; step; step >>= 1) {
      const next = index + step;
      if (next > this.count) continue;
      const sum = this.tree[next] + step * this.estimate;
      if (sum <= place) {
        index = next;
        place -= sum;
      }
    }
    return Math.max(0, Math.min(index, this.count - 1));
  }
}
