import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, html, page } from "../src/pure/html";

const HOSTILE = `<img src=x onerror="alert(1)">'\`&`;

test("a value is text, whatever it looks like", () => {
  assert.equal(html`<b title="${HOSTILE}">${HOSTILE}</b>`.text, `<b title="${escaped(HOSTILE)}">${escaped(HOSTILE)}</b>`);
  assert.doesNotMatch(escaped(HOSTILE), /[<>"'`]/);
});

test("what cannot be seen is told", () => {
  assert.equal(escaped("user \u202etxt.exe\u202c \u0000\n\tend"), "user ⟨U+202E⟩txt.exe⟨U+202C⟩ ⟨U+0000⟩\n\tend");
});

test("HTML in HTML stays HTML, lists are joined, nothing is nothing", () => {
  assert.equal(html`<ul>${["a<", html`<li>b</li>`]}${null}${undefined}${false}${0}</ul>`.text, "<ul>a&lt;<li>b</li>0</ul>");
});

test("a page loads its own style and script, and nothing else", () => {
  const made = page({ title: HOSTILE, body: html`x`, source: "https://media.example", style: "s.css", script: "s.js" });
  assert.match(made, /default-src &#39;none&#39;|default-src 'none'/);
  assert.doesNotMatch(made, /unsafe-inline|unsafe-eval|<img/);
  assert.doesNotMatch(made, /<script>|<style>/);
});
