// The address in; the page that belongs to it out: the list of pull requests, or one of them.

import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { bind, listen, showHelp } from "./keys.js";
import { pullPage } from "./pull.js";
import { listPage } from "./pulls.js";
import { clearComplaints, complain, say } from "./say.js";
import { bdi, signed } from "./text.js";

const THEMES = ["auto", "light", "dark"];
let leave = () => {};
let path = null;

/** Goes to a path of this page without loading it anew. */
export function go(path) {
  history.pushState(null, "", path);
  open();
}

async function open() {
  leave();
  leave = () => {};
  path = location.pathname;
  clearComplaints();
  const main = byId("main");
  fill(main, h("p", { class: "waiting" }, "Loading…"));
  try {
    const number = location.pathname.match(/^\/pulls\/(\d+)\/?$/)?.[1];
    const page = number ? await pullPage(Number(number), await me) : await listPage(await me, go);
    leave = page.leave ?? leave;
    document.title = `${signed(page.title)} · synth review`;
    fill(main, page.element);
    page.shown?.();
  } catch (problem) {
    fill(main, h("p", { class: "waiting" }, "This could not be shown."));
    complain(problem);
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Storage may be switched off: then the choice lasts as long as the page.
  }
  const button = byId("theme");
  button.textContent = { auto: "◐ auto", light: "○ light", dark: "● dark" }[theme];
  button.setAttribute("aria-label", `Colours: ${theme}. Change`);
}

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
  setTheme(theme);
  say(`colours: ${theme === "auto" ? "as the system has them" : theme}`);
}

function inside(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  go(link.pathname + link.hash);
}

const me = get("me");
me.then(
  ({ name, project, store }) => fill(byId("where"), bdi(project), " · ", store.kind, " · you are ", bdi(name, { class: "name" })),
  complain,
);
bind("Everywhere", {
  "?": ["these keys", showHelp],
  g: ["", () => waitForSecond()],
  "g l": ["the list of pull requests", () => {}],
  t: ["colours: system, light, dark", nextTheme],
  Escape: ["close a message", () => clearComplaints()],
});

/** `g` and then `l`, within a second and a half. */
function waitForSecond() {
  const stop = bind("", { l: ["", () => (stop(), go("/"))] });
  setTimeout(stop, 1500);
}

setTheme(document.documentElement.dataset.theme);
byId("theme").addEventListener("click", nextTheme);
byId("help").addEventListener("click", showHelp);
document.addEventListener("click", inside);
window.addEventListener("popstate", () => location.pathname !== path && open()); // What stands behind # is the page's own.
listen();
open();
