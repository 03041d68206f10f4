// What synth prints, as it printed it, cut to what the tests need. tests/editors checks these shapes against the program.

const row = { cells: [], values: null, reason: null, flags: [] };
const marks = [["equal", "The else branch "], ["delete", "of a loop "], ["equal", "runs"], ["insert", " at the end"]];
const before = "The else branch of a loop runs";
const after = "The else branch runs at the end";
const table = {
  name: "python_qa",
  state: "changed",
  counts: { added: 1, removed: 1, changed: 1, same: 6 },
  rows: [
    { ...row, key: "q01", state: "changed", cells: [{ column: "answer", path: "answer", before, after, marks }], flags: ["flag answer"] },
    { ...row, key: "q09", state: "added", values: { answer: "<script>alert(1)</script>", level: 1 }, reason: "filter words(answer) > 4" },
    { ...row, key: "q10", state: "removed", values: { answer: "It stops.", level: 2 }, reason: "filter words(answer) > 8" },
  ],
  more: true,
};
const dataset = {
  name: "python_qa",
  state: "changed",
  causes: [{ kind: "step", name: "let answer", state: "changed", before: "asked.long", after: "asked.short", detail: "" }],
  sources: [{ path: "python_qa.synth", state: "changed", lines: ["@@ -7,6 +7,6 @@", "-  let answer = asked.long", "+  let answer = asked.short"] }],
  tables: [table],
  measures: [{ name: "rows", before: 9, after: 9 }],
  reasons: [{ reason: "filter words(answer) > 4", before: 1, after: 0, went: 0, came: 1, examples: ["q09"] }],
};
const commit = { id: "d31301662bacb65c822db5a95a4814f3e45bff86", message: "Build python_qa: 9 rows\n\nmore", time: "2026-11-21T23:33:10+00:00" };
const calls = { reused: 0, maybe: 0, low: 480, high: 1440, open: false, worst: 4320 };
const why = ["30 rows ask what the journal does not hold", "an answer that is not of its type is asked for 3 times at most"];

export const PRINTED = {
  diff: JSON.stringify({
    format: 1,
    a: { name: "main", commit: "8f3b2c5c503e1a30416027a182d0e5ab117e3834" },
    b: { name: "shorter", commit: commit.id },
    different: true,
    datasets: [dataset],
  }),
  branch: JSON.stringify([
    { name: "main", commit: "8f3b2c5c503e1a30416027a182d0e5ab117e3834", current: false },
    { name: "shorter", commit: commit.id, current: true },
  ]),
  log: JSON.stringify([commit]),
  show: JSON.stringify({ ...commit, datasets: [{ name: "python_qa", tables: { python_qa: { rows: 9, columns: { answer: "str" } } } }] }),
  preview: JSON.stringify([
    {
      dataset: "bios",
      key: "ada",
      end: "dropped by filter chosen.score >= 0.15",
      calls: [{ cell: "drafts", prompt: "<user>\nWrite a short biography of Ada Lovelace.\n<assistant>\n", answer: "She wrote programs." }],
      rows: [],
    },
  ]),
  plan: JSON.stringify([
    { dataset: "bios", how: "run", why: ["no version of it is committed yet"], calls, tokens: null, steps: [{ step: "drafts", kind: "gen", ...calls, why }] },
  ]),
};
