// The four example specs in; every scope of every word in them compared with test/grammar/*.snap. `--update` rewrites
// those; review them like code. The specs are copied, for the tool wants its snapshots beside them.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SPECS = join(ROOT, "..", "..", "tests", "dsl", "examples");
const SNAPS = join(ROOT, "test", "grammar");
const update = process.argv.includes("--update");
const specs = readdirSync(SPECS).filter((file) => file.endsWith(".synth"));
const folder = mkdtempSync(join(tmpdir(), "synth-grammar-"));
for (const name of specs) {
  copyFileSync(join(SPECS, name), join(folder, name));
  const snap = join(SNAPS, `${name}.snap`);
  if (existsSync(snap)) copyFileSync(snap, join(folder, `${name}.snap`));
  else if (!update) throw new Error(`${name} has no snapshot: node scripts/snapshots.mjs --update`);
}
const tool = join(ROOT, "node_modules", "vscode-tmgrammar-test", "dist", "snapshot.js");
const grammar = join(ROOT, "syntaxes", "synth.tmLanguage.json");
const flags = ["--expandDiff", ...(update ? ["--updateSnapshot"] : [])];
const { status } = spawnSync(process.execPath, [tool, ...flags, "-g", grammar, "-s", "source.synth", `${folder}/*.synth`], { stdio: "inherit" });
if (update) for (const file of readdirSync(folder).filter((one) => one.endsWith(".snap"))) copyFileSync(join(folder, file), join(SNAPS, file));
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
