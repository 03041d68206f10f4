import assert from "node:assert/strict";
import { test } from "node:test";
import { buildArguments, diffArguments, planArguments, previewArguments, testArguments } from "../src/pure/commands";
import { target } from "../src/pure/lens";
import { candidates, locate, type Machine } from "../src/pure/locate";
import { branches, commits, contents } from "../src/pure/versions";
import { PRINTED } from "./printed";

const linux = (...there: string[]): Machine => ({ platform: "linux", path: "/usr/bin:/opt/bin", exists: (file) => there.includes(file) });

test("the setting wins, and is relative to the folder where it begins with a dot", () => {
  assert.deepEqual(candidates("./tools/synth", "/data/qa", linux()), ["/data/qa/tools/synth"]);
  assert.equal(locate("/opt/synth", "/data/qa", linux("/usr/bin/synth")), undefined);
});

test("a virtual environment of the folder or above it comes before PATH", () => {
  assert.equal(locate("", "/data/qa/specs", linux("/data/.venv/bin/synth", "/usr/bin/synth")), "/data/.venv/bin/synth");
  assert.equal(locate("", "/data/qa", linux("/opt/bin/synth")), "/opt/bin/synth");
  assert.equal(locate("", undefined, linux()), undefined);
});

test("arguments are a list that no shell reads", () => {
  const spec = "/data/my specs/$(x).synth";
  assert.deepEqual(previewArguments({ spec, profile: "", dataset: "qa" }, 3), ["preview", spec, "-n", "3", "--json", "--only", "qa"]);
  assert.deepEqual(planArguments({ spec, profile: "local" }), ["plan", spec, "--json", "--profile", "local"]);
  assert.deepEqual(testArguments({ spec, profile: "" }, "two words"), ["test", spec, "-k", "two words"]);
  assert.deepEqual(buildArguments({ spec, profile: "" }), ["build", spec]);
  assert.deepEqual(diffArguments({ a: "main", b: "tone", dataset: "qa", only: "added", offset: 50, limit: 50 }), [
    ...["diff", "main..tone", "qa", "--json", "--limit", "50", "--offset", "50"],
    ...["--only", "added"],
  ]);
});

test("a lens says which spec, dataset or test it stands above", () => {
  assert.deepEqual(target([{ uri: "file:///a.synth", dataset: "qa", rows: 3 }]), { spec: "file:///a.synth", dataset: "qa" });
  assert.deepEqual(target([{ uri: "file:///a.synth", test: "it drops" }]), { spec: "file:///a.synth", test: "it drops" });
  assert.equal(target([]), undefined);
  assert.equal(target([3]), undefined);
});

test("versions to choose from: branches, then commits", () => {
  assert.deepEqual(branches(PRINTED.branch).map((ref) => [ref.name, ref.current]), [["main", false], ["shorter", true]]);
  assert.deepEqual(commits(PRINTED.log)[0], { name: "d31301662b", detail: "Build python_qa: 9 rows · 2026-11-21 23:33", current: false });
  assert.deepEqual(contents(PRINTED.show), { datasets: ["python_qa"], rows: 9 });
});
