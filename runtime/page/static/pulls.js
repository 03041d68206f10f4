// The server's pull requests in; the list of them and a form that opens one out.

import { get, post } from "./api.js";
import { ask } from "./dialogs.js";
import { fill, h } from "./dom.js";
import { bind } from "./keys.js";
import { complain, say } from "./say.js";
import { bdi, count, moment, plural } from "./text.js";

const STATES = ["open", "merged", "closed", "all"];

export async function listPage(me, go) {
  const list = h("ul", { class: "pulls", role: "list" });
  const tabs = STATES.map((state) => h("button", { type: "button", onclick: () => show(state) }, state));
  const fresh = h("button", { type: "button", class: "primary", onclick: () => openForm(me, go) }, "Open a pull request");
  const bar = h("div", { class: "listbar" }, h("div", { class: "segments", role: "group", "aria-label": "Which" }, tabs), fresh);
  const element = h("section", { class: "page" }, h("h1", {}, "Pull requests"), bar, list);

  async function show(state) {
    tabs.forEach((tab, at) => tab.setAttribute("aria-pressed", String(STATES[at] === state)));
    try {
      const pulls = await get("pulls", { state });
      fill(list, pulls.map(item));
      if (!pulls.length) fill(list, h("li", { class: "empty" }, state === "all" ? "There are none yet." : `There are no ${state} ones.`));
    } catch (problem) {
      complain(problem);
    }
  }

  await show("open");
  const unbind = bind("The list", {
    j: ["next pull request", () => step(list, 1)],
    ArrowDown: ["", () => step(list, 1)],
    k: ["previous one", () => step(list, -1)],
    ArrowUp: ["", () => step(list, -1)],
    o: ["open a new one", () => openForm(me, go)],
  });
  return { element, title: "Pull requests", leave: unbind, shown: () => step(list, 0) };
}

function step(list, by) {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
}

function item(pull) {
  const title = h("a", { href: `/pulls/${pull.number}`, class: "title" }, bdi(pull.title));
  const said = [
    pull.comments ? plural(pull.comments, "comment") : null,
    pull.approvals ? plural(pull.approvals, "approval") : null,
  ].filter(Boolean);
  return h(
    "li",
    {},
    h("span", { class: `state ${pull.state}` }, pull.state),
    h("div", { class: "what" }, title, h("div", { class: "meta" }, `#${pull.number} `, branches(pull), " · ", bdi(pull.author), " · ", moment(pull.opened), said.map((one) => ` · ${one}`))),
    h("ul", { class: "datasets", "aria-label": "Datasets" }, pull.datasets.map((dataset) => h("li", {}, bdi(dataset.name), " ", counts(dataset)))),
  );
}

/** `tone → main` */
export function branches({ source, target }) {
  return h("span", { class: "branches" }, bdi(source), h("span", { "aria-label": "into" }, " → "), bdi(target));
}

/** `+812 −40 ~391` */
export function counts({ added, removed, changed }) {
  return h(
    "span",
    { class: "counts" },
    h("span", { class: "added", title: "added" }, `+${count(added)}`),
    " ",
    h("span", { class: "removed", title: "removed" }, `−${count(removed)}`),
    " ",
    h("span", { class: "changed", title: "changed" }, `~${count(changed)}`),
  );
}

function openForm(me, go) {
  const main = me.branches.includes("main") ? "main" : me.branches[0];
  const other = me.branches.find((name) => name !== main) ?? main;
  ask({
    title: "Open a pull request",
    fields: [
      { name: "source", label: "Changes of the branch", options: me.branches, value: other },
      { name: "target", label: "into the branch", options: me.branches, value: main },
      { name: "title", label: "Title", required: true },
      { name: "description", label: "What changed, and why", rows: 5 },
    ],
    button: "Open",
    act: async (values) => {
      const { number } = await post("pulls", values);
      say(`pull request ${number} is open`);
      go(`/pulls/${number}`);
    },
  });
}
