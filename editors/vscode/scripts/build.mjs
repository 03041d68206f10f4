// The sources in; dist/extension.js, one file with everything it needs but VS Code itself, and the licences of what it
// holds, out. `--minify` for the package.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LICENCES = ["LICENSE", "LICENSE.txt", "LICENSE.md", "License.txt", "LICENCE"];

const made = await build({
  absWorkingDir: ROOT,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  minify: process.argv.includes("--minify"),
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

/** node_modules/@scope/name or node_modules/name of every file that was bundled. */
function packages(files) {
  const found = files.map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return [...new Set(found.filter(Boolean))].sort();
}

function notice(folder) {
  const about = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
  for (const file of LICENCES) {
    try {
      return `${about.name} ${about.version} (${about.license})\n\n${readFileSync(join(ROOT, folder, file), "utf8").trim()}\n`;
    } catch {}
  }
  throw new Error(`${about.name} has no licence file`);
}

writeFileSync(join(ROOT, "dist", "licences.txt"), packages(Object.keys(made.metafile.inputs)).map(notice).join("\n----\n\n"));
