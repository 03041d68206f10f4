// A few numbers before and after in; small charts that say the same in words to who cannot see them, out.

import { svg } from "./dom.js";
import { figure, percent } from "./text.js";

const WIDTH = 200;

function chart(height, label, ...marks) {
  const attributes = { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: "none", class: "chart", role: "img", "aria-label": label, height };
  return svg("svg", attributes, svg("title", {}, label), marks);
}

function bar(y, share, name, height = 6) {
  return svg("rect", { x: 0, y, width: Math.max(share > 0 ? 1 : 0, WIDTH * share), height, class: name });
}

/** Two bars, one under the other, both against the larger. */
export function pair(before, after, say = figure) {
  const most = Math.max(Math.abs(before ?? 0), Math.abs(after ?? 0)) || 1;
  const label = `before ${say(before)}, after ${say(after)}`;
  return chart(15, label, bar(0, Math.abs(before ?? 0) / most, "was"), bar(8, Math.abs(after ?? 0) / most, "is"));
}

/** How much of a whole. */
export function share(part) {
  return chart(6, percent(part), svg("rect", { width: WIDTH, height: 6, class: "rail" }), bar(0, part, "moved"));
}

/** Least, mean and most on each side, on one scale. */
export function ranges(before, after) {
  const sides = [before, after].filter((side) => side && side.low !== null && side.low !== undefined);
  if (!sides.length) return null;
  const low = Math.min(...sides.map((side) => side.low));
  const span = Math.max(...sides.map((side) => side.high)) - low || 1;
  const x = (value) => 2 + ((WIDTH - 4) * (value - low)) / span;
  const words = (side) => (side ? `${figure(side.low)} to ${figure(side.high)}, mean ${figure(side.mean)}` : "none");
  const drawn = [range(before, x, 4, "was"), range(after, x, 13, "is")];
  return chart(17, `before ${words(before)}; after ${words(after)}`, drawn);
}

function range(side, x, y, name) {
  if (!side || side.low === null || side.low === undefined) return [];
  const line = svg("rect", { x: x(side.low), y: y - 1, width: Math.max(1, x(side.high) - x(side.low)), height: 2, class: name });
  return [line, svg("rect", { x: x(side.mean) - 2, y: y - 4, width: 4, height: 8, class: name })];
}
