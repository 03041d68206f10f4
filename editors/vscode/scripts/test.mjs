// The tests of test/*.test.ts in; node's own test runner's verdict out. None of them needs VS Code.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const tests = readdirSync(join(ROOT, "test")).filter((file) => file.endsWith(".test.ts"));
const folder = mkdtempSync(join(tmpdir(), "synth-vscode-"));
const entryPoints = tests.map((file) => join(ROOT, "test", file));
await build({ entryPoints, outdir: folder, bundle: true, platform: "node", format: "esm", outExtension: { ".js": ".mjs" } });
const files = tests.map((file) => join(folder, file.replace(/ts$/, "mjs")));
const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
