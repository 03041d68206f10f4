// Paths of specs on standard input, one a line, in; the scopes of every token by the grammar, as JSON, out:
// { path: [[line, start, end, [scope, …]], …] }, lines and UTF-16 columns from 0.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const require = createRequire(import.meta.url);
const GRAMMAR = new URL("../syntaxes/synth.tmLanguage.json", import.meta.url);

async function grammar() {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const onigLib = Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  });
  const loadGrammar = async () => textmate.parseRawGrammar(readFileSync(GRAMMAR, "utf8"), "synth.json");
  return new textmate.Registry({ onigLib, loadGrammar }).loadGrammar("source.synth");
}

function scopes(synth, text) {
  let stack = textmate.INITIAL;
  return text.split("\n").flatMap((line, number) => {
    const found = synth.tokenizeLine(line, stack);
    stack = found.ruleStack;
    return found.tokens.map((token) => [number, token.startIndex, token.endIndex, token.scopes]);
  });
}

const synth = await grammar();
const paths = readFileSync(0, "utf8").split("\n").filter(Boolean);
const found = paths.map((path) => [path, scopes(synth, readFileSync(path, "utf8").replaceAll("\r\n", "\n"))]);
process.stdout.write(JSON.stringify(Object.fromEntries(found)));
