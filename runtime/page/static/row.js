// One row of the diff and what people did about it in; its card out.

import { cell, cellsOf } from "./cells.js";
import { h } from "./dom.js";
import { bdi, moment, plural, signed } from "./text.js";

const SIGNS = { added: "+", removed: "−", changed: "~" };
const VERDICTS = { accept: "accepted", reject: "rejected", edit: "edited" };

/** What `view` has to say of a row: {index, total, current, whole, columns, comments, form, act}. */
export function card(row, view) {
  const id = `row-${view.index}`;
  const attributes = {
    class: `card ${row.state}${view.current ? " current" : ""}${row.decision ? ` decided ${row.decision.verdict}` : ""}`,
    tabindex: view.current ? "0" : "-1",
    "aria-posinset": view.index + 1,
    "aria-setsize": view.total,
    "aria-labelledby": id,
  };
  const cells = h("div", { class: "cells", role: "table", "aria-label": "cells" }, cellsOf(row, view.columns, view.whole || view.context).map((one) => cell(one, view.whole)));
  return h("article", attributes, head(row, view, id), cells, view.comments.map(comment), view.form);
}

/** What stands while a row is on its way. */
export function placeholder(view) {
  return h("article", { class: `card waits${view.current ? " current" : ""}`, tabindex: view.current ? "0" : "-1", "aria-posinset": view.index + 1, "aria-setsize": view.total, "aria-label": "row, loading" });
}

function head(row, view, id) {
  return h(
    "header",
    {},
    h("span", { class: "glyph", role: "img", title: row.state, "aria-label": row.state }, SIGNS[row.state]),
    h("h3", { id, class: "key" }, bdi(row.key)),
    row.flags.map((flag) => h("span", { class: `flag${row.read ? " read" : ""}`, title: row.read ? "flagged, and read" : "flagged" }, "⚑ ", bdi(flag))),
    row.reason && h("span", { class: "reason" }, row.state === "removed" ? "dropped: " : "was dropped: ", bdi(row.reason)),
    row.decision && verdict(row.decision),
    view.comments.length > 0 && h("span", { class: "talk" }, plural(view.comments.length, "comment")),
    h("span", { class: "space" }),
    h("span", { class: "does" }, actions(row, view)),
  );
}

function verdict({ verdict: what, by, note, state }) {
  const stale = state === "stale" || state === "moot";
  return h(
    "span",
    { class: `verdict ${what}${stale ? " stale" : ""}` },
    { accept: "✓ ", reject: "✗ ", edit: "✎ " }[what],
    VERDICTS[what],
    state === "saving" ? " …" : [" by ", bdi(short(by))],
    stale && ` (${state})`,
    note && [": ", bdi(note)],
  );
}

/** Someone's name; the address is its title. */
export function person(by) {
  return bdi(short(by), { class: "name", title: signed(by) });
}

/** `Ana <ana@example.org>` as `Ana`. */
export function short(name) {
  return name.replace(/\s*<.*>$/, "") || name;
}

function actions(row, view) {
  const button = (name, key, label = name) => {
    const attributes = { type: "button", "data-act": name, tabindex: view.current ? "0" : "-1", "aria-keyshortcuts": key, onclick: () => view.act(name, view.index) };
    return h("button", attributes, label, " ", h("kbd", { "aria-hidden": "true" }, key));
  };
  const decides = view.open && row.hash && [button("accept", "a"), button("reject", "r"), button("edit", "e")];
  return [
    view.open && row.flags.length > 0 && !row.read && button("read", "m", "mark read"),
    view.open && row.decision && button("undo", "u"),
    decides,
    view.open && button("comment", "c"),
  ];
}

function comment({ by, time, text, at }) {
  return h("div", { class: "said" }, h("p", {}, person(by), at.column && [" on ", bdi(at.column, { class: "code" })], " ", moment(time)), bdi(text));
}
