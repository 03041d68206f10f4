// Values in; HTML in which every one of them is text, out. Rows come from models and from strangers.

export class Html {
  constructor(readonly text: string) {}
}

export type Value = string | number | Html | readonly Value[] | null | undefined | false;

const NAMED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" };

// Line ends and tabs stay; what else cannot be seen, or turns the direction of what follows, is told by its number.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function told(character: string): string {
  return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

export function escaped(text: string): string {
  return text.replace(HIDDEN, told).replace(/[&<>"'`]/g, (character) => NAMED[character] ?? "");
}

function shown(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(shown).join("");
  if (value === null || value === undefined || value === false) return "";
  return escaped(String(value));
}

export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.reduce((text, part, at) => text + shown(values[at - 1]) + part));
}

export interface Frame {
  title: string;
  body: Html;
  source: string;
  style: string;
  script: string;
}

/** A whole page that loads one style and one script from `source`, and nothing else from anywhere. */
export function page({ title, body, source, style, script }: Frame): string {
  const policy = `default-src 'none'; style-src ${source}; script-src ${source}; base-uri 'none'; form-action 'none'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
${body}
<script src="${script}"></script>
</body>
</html>`.text;
}
