import assert from "node:assert/strict";
import { test } from "node:test";
import { planPage, plans, ranged } from "../src/pure/planpage";
import { previewPage, previews, turns } from "../src/pure/previewpage";
import { PRINTED } from "./printed";

test("a preview shows rows, and each call as the turns of a conversation", () => {
  const shown = previewPage(previews(PRINTED.preview), "bios.synth").text;
  assert.match(shown, /0 of 1 candidates kept/);
  assert.match(shown, /dropped by filter chosen.score &gt;= 0.15/);
  assert.match(shown, /<div class="turn user"><b>user<\/b><pre>Write a short biography of Ada Lovelace.<\/pre>/);
});

test("a prompt without turns is one", () => {
  assert.deepEqual(turns("Say yes.\n"), [{ role: "", text: "Say yes.\n" }]);
  assert.deepEqual(turns("<system>\nBe brief.\n<user>\nWhy?\n<assistant>\n").map((turn) => turn.role), ["system", "user"]);
});

test("a plan says what is reused, what is new and why", () => {
  const shown = planPage(plans(PRINTED.plan), "bios.synth").text;
  assert.match(shown, /480–1,440/);
  assert.match(shown, /30 rows ask what the journal does not hold/);
  assert.match(shown, /<tr class="total">/);
});

test("a range of one number is that number", () => {
  assert.equal(ranged(1200, 1200), "1,200");
  assert.equal(ranged(0, 9), "0–9");
});

test("messages of a row are turns, other lists are values", () => {
  const [one] = previews(PRINTED.preview);
  const row = { messages: [{ role: "user", content: "Why?" }], tags: ["a"] };
  const shown = previewPage(one ? [{ ...one, rows: [row] }] : [], "bios.synth").text;
  assert.match(shown, /<dt>messages<\/dt><dd><div class="turn user"><b>user<\/b><pre>Why\?<\/pre><\/div><\/dd>/);
  assert.match(shown, /<dt>tags<\/dt><dd>\[&quot;a&quot;\]<\/dd>/);
});
