// A text that a model or a person wrote in; nodes that show it, with what cannot be seen as signs, out.

import { h } from "./dom.js";

const CONTROLS = "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US";
const NAMES = {
  ...Object.fromEntries(CONTROLS.split(" ").map((name, code) => [code, [name, "control character"]])),
  0x7f: ["DEL", "control character"],
  0x061c: ["ALM", "Arabic letter mark"],
  0x00ad: ["SHY", "soft hyphen"],
  0x200b: ["ZWSP", "zero width space"],
  0x200c: ["ZWNJ", "zero width non-joiner"],
  0x200d: ["ZWJ", "zero width joiner"],
  0x200e: ["LRM", "left-to-right mark"],
  0x200f: ["RLM", "right-to-left mark"],
  0x2028: ["LSEP", "line separator"],
  0x2029: ["PSEP", "paragraph separator"],
  0x202a: ["LRE", "left-to-right embedding"],
  0x202b: ["RLE", "right-to-left embedding"],
  0x202c: ["PDF", "pop directional formatting"],
  0x202d: ["LRO", "left-to-right override"],
  0x202e: ["RLO", "right-to-left override"],
  0x2060: ["WJ", "word joiner"],
  0x2066: ["LRI", "left-to-right isolate"],
  0x2067: ["RLI", "right-to-left isolate"],
  0x2068: ["FSI", "first strong isolate"],
  0x2069: ["PDI", "pop directional isolate"],
  0xfeff: ["BOM", "byte order mark"],
};

// Joiners are part of how emoji and some scripts are written: there they stay.
const JOINED = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}]$/u;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Nodes of `text`; each hidden character is a sign with its name as a title. Line ends and tabs stay. */
export function shown(text) {
  const out = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (plain(match[0], text, match.index)) continue;
    if (match.index > from) out.push(text.slice(from, match.index));
    out.push(sign(match[0]));
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

function plain(char, text, at) {
  if (char === "\n" || char === "\t") return true;
  return (char === "\u200c" || char === "\u200d") && JOINED.test(text.slice(Math.max(0, at - 2), at));
}

function sign(char) {
  const code = char.codePointAt(0);
  const id = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const [short, name] = NAMES[code] ?? [id, "invisible character"];
  return h("span", { class: "sign", title: `${id} ${name}` }, `\u27e8${short}\u27e9`);
}

/** The same as one string, for where there are no elements: a title, a message. */
export function signed(text) {
  return shown(String(text)).map((part) => (typeof part === "string" ? part : part.textContent)).join("");
}

/** A run of text, isolated: its direction is its own and changes nothing around it. */
export function bdi(text, attributes = {}) {
  return h("bdi", { dir: "auto", ...attributes }, shown(String(text)));
}

/** A value of a cell as text: strings as they are, everything else as JSON. */
export function valueText(value) {
  if (typeof value === "string") return value;
  return JSON.stringify(value, null, value !== null && typeof value === "object" ? 1 : 0);
}

const COUNT = new Intl.NumberFormat("en");
export function count(number) {
  return COUNT.format(number);
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A share as few digits as tell it from 0% and 100%. */
export function percent(share) {
  if (share === 0 || share === 1) return `${share * 100}%`;
  if (share >= 0.1 && share < 0.995) return `${Math.round(share * 100)}%`;
  if (share >= 0.0005 && share < 0.9995) return `${(share * 100).toFixed(1)}%`;
  return share < 0.5 ? "<0.1%" : ">99.9%";
}

/** A measure: whole numbers whole, others with four digits that count. */
export function figure(value) {
  if (value === null || value === undefined) return "none";
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4)));
}

export function moment(iso) {
  const time = new Date(iso);
  const words = time.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return h("time", { datetime: time.toISOString(), title: time.toISOString() }, words);
}
