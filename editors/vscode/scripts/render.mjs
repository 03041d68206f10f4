// `diff`, `preview` or `plan`, and what synth printed on standard input, in; the page as the extension shows it, out.
// The tests, and the pictures of the docs, come here: a page without VS Code.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCE = `
export { page } from "./html";
import { difference } from "./difference";
import { diffPage } from "./diffpage";
import { previewPage, previews } from "./previewpage";
import { planPage, plans } from "./planpage";
export const BODIES = {
  diff: (text) => diffPage(difference(text), { only: null, offset: 0, limit: 50 }),
  preview: (text) => previewPage(previews(text), "spec.synth"),
  plan: (text) => planPage(plans(text), "spec.synth"),
};`;
const stdin = { contents: SOURCE, resolveDir: join(ROOT, "src", "pure"), loader: "ts" };
const made = await build({ stdin, bundle: true, format: "esm", write: false, platform: "node" });
const { BODIES, page } = await import(`data:text/javascript,${encodeURIComponent(made.outputFiles[0].text)}`);
const [verb, style, script] = process.argv.slice(2);
const body = BODIES[verb](readFileSync(0, "utf8"));
process.stdout.write(page({ title: verb, body, source: "'self'", style, script }));
