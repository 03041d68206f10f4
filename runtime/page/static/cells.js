// A row's cells in; elements that show them side by side, with word-level marks and long stretches cut, out.

import { h, nodes } from "./dom.js";
import { bdi, count, shown, valueText } from "./text.js";

const LONG = 700;
const CONTEXT = 90;
const LINES = 14;

/** What is to be shown of a row: [{name, before, after, marks}], a side undefined where the row has none. */
export function cellsOf(row, columns, whole) {
  if (row.state !== "changed") return columns.map(({ name }) => side(row, name)).filter((cell) => whole || "before" in cell || "after" in cell);
  const changed = row.cells.map((cell) => ({ before: undefined, after: undefined, ...cell, name: cell.path || cell.column, role: roleOf(row, cell) }));
  if (!whole) return changed;
  const seen = new Set(row.cells.map((cell) => cell.column));
  const rest = columns.filter(({ name }) => !seen.has(name)).map(({ name }) => ({ name, column: name, same: row.after?.[name] ?? null }));
  return [...changed, ...rest];
}

/** Who says what differs, where it is in a turn of a conversation: `messages[3].content` tells nobody. */
function roleOf(row, { column, path }) {
  const at = path?.match(/^[^.[]+\[(\d+)\]/)?.[1];
  const turns = [row.after, row.before].map((side) => side?.[column]?.[at]?.role);
  return at === undefined ? null : turns.find((role) => typeof role === "string") ?? null;
}

function side(row, name) {
  const values = row.after ?? row.before ?? {};
  if (!(name in values)) return { name, column: name };
  return { name, column: name, [row.after ? "after" : "before"]: values[name] };
}

/** One line of the grid: the column's name, what stood, what stands. */
export function cell(found, whole) {
  const label = h("div", { class: "label", role: "rowheader" }, h("bdi", { dir: "auto" }, broken(found.name)), found.role && [" ", h("small", {}, bdi(found.role))]);
  return h("div", { class: "cell", role: "row" }, label, ...sides(found, whole));
}

/** The name of a place may go on in the next line behind a bracket. */
function broken(name) {
  return name.split(/(?<=\])/u).flatMap((part, at) => [at > 0 && h("wbr"), shown(part)]);
}

function sides(found, whole) {
  if ("same" in found) return [h("div", { class: "side same", role: "cell" }, text(found.same, whole))];
  const both = "before" in found && "after" in found;
  if (both && found.marks) return [marked("before", found.marks, "del", whole), marked("after", found.marks, "ins", whole)];
  if (both) return [one("before", found.before, whole, true), one("after", found.after, whole, true)];
  if ("before" in found) return [one("before", found.before, whole, false)];
  return "after" in found ? [one("after", found.after, whole, false)] : [];
}

function one(name, value, whole, half) {
  return h("div", { class: `side ${name}${half ? "" : " alone"}`, role: "cell" }, text(value, whole));
}

function text(value, whole) {
  if (value === null || value === undefined) return h("span", { class: "none" }, value === null ? "null" : "none");
  const full = valueText(value);
  const cut = whole ? full : shortened(full, LONG);
  return [bdi(cut, { class: typeof value === "string" ? "value" : "value code" }), rest(full.length - cut.length)];
}

function shortened(full, room) {
  const end = full.split("\n", LINES).join("\n").length;
  return full.slice(0, Math.min(end, full.length > room * 1.2 ? room : full.length));
}

function rest(characters) {
  return characters > 0 && h("span", { class: "rest", title: "Enter shows it" }, ` ⋯ ${count(characters)} more characters`);
}

/** The pieces of one side. Of long stretches that both sides share only the ends stand, and of very much the beginning. */
function marked(side, marks, op, whole) {
  const ends = [marks[0], marks.at(-1)];
  const pieces = marks.filter(([kind]) => kind === "same" || kind === op);
  const body = h("bdi", { dir: "auto", class: "value" });
  let room = whole ? Infinity : LONG;
  let left = 0;
  pieces.forEach((piece) => {
    const [kind, text] = piece;
    const cut = whole || kind === "same" ? text : shortened(text, room);
    if (room <= 0) return void (left += text.length);
    if (kind === op) body.append(h(op, {}, shown(cut)));
    else body.append(...(whole ? nodes([shown(text)]) : elided(text, piece === ends[0], piece === ends[1])));
    left += text.length - cut.length;
    room -= kind === "same" ? Math.min(text.length, 2 * CONTEXT) : cut.length;
  });
  return h("div", { class: `side ${side}`, role: "cell" }, body, rest(left));
}

function elided(text, first, last) {
  if (text.length <= 3 * CONTEXT) return nodes([shown(text)]);
  const head = first ? "" : text.slice(0, CONTEXT).replace(/\s\S{0,20}$/u, "");
  const tail = last ? "" : text.slice(-CONTEXT).replace(/^\S{0,20}\s/u, "");
  const skipped = text.length - head.length - tail.length;
  const gap = h("span", { class: "gap", title: `${count(skipped)} characters that are the same; Enter shows them` }, " ⋯ ");
  return nodes([shown(head), gap, shown(tail)]);
}
