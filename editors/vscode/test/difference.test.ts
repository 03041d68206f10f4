import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, sides } from "../src/pure/difference";
import { diffPage, type View } from "../src/pure/diffpage";
import { Unexpected } from "../src/pure/json";
import { PRINTED } from "./printed";

const ALL: View = { only: null, offset: 0, limit: 50 };

test("what synth prints becomes datasets, tables and rows", () => {
  const [dataset] = difference(PRINTED.diff).datasets;
  assert.equal(dataset?.name, "python_qa");
  assert.deepEqual(dataset?.tables[0]?.counts, { added: 1, removed: 1, changed: 1, same: 6 });
  assert.deepEqual(dataset?.tables[0]?.rows.map((row) => row.state), ["changed", "added", "removed"]);
});

test("words that came and went are marked, the others are not", () => {
  const shown = diffPage(difference(PRINTED.diff), ALL).text;
  assert.match(shown, /The else branch <del>of a loop <\/del>runs<ins> at the end<\/ins>/);
});

test("a row of HTML is shown as its text", () => {
  const shown = diffPage(difference(PRINTED.diff), ALL).text;
  assert.ok(shown.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
  assert.doesNotMatch(shown, /<script>alert/);
});

test("pages are turned by what stands on them", () => {
  const shown = diffPage(difference(PRINTED.diff), { only: "changed", offset: 50, limit: 50 }).text;
  assert.match(shown, /data-action="page" data-offset="0"/);
  assert.match(shown, /data-action="page" data-offset="53"/);
  assert.match(shown, /data-only="changed" aria-pressed="true"/);
});

test("the parts of a spec that differ are two texts", () => {
  const [before, after] = sides(["@@ -7,3 +7,3 @@", " dataset x {", "-  let a = 1", "+  let a = 2", " }"]);
  assert.equal(before, "# @@ -7,3 +7,3 @@\ndataset x {\n  let a = 1\n}\n");
  assert.equal(after, "# @@ -7,3 +7,3 @@\ndataset x {\n  let a = 2\n}\n");
});

test("nothing that differs is said", () => {
  const same = JSON.stringify({ ...JSON.parse(PRINTED.diff), datasets: [] });
  assert.match(diffPage(difference(same), ALL).text, /Nothing differs/);
});

test("what is no diff says what is wrong with it", () => {
  assert.throws(() => difference("error: no such ref"), Unexpected);
  assert.throws(() => difference('{"datasets": 3}'), Unexpected);
});
