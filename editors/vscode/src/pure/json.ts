// What `synth … --json` printed in; values of known shapes out, or an Unexpected that says what is not as it should be.

export class Unexpected extends Error {}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Unexpected(`synth printed no JSON: ${text.slice(0, 200) || "nothing at all"}`);
  }
}

export function object(value: Json | undefined, what: string): JsonObject {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Unexpected(`${what} is no object`);
  return value;
}

export function list(value: Json | undefined, what: string): Json[] {
  if (!Array.isArray(value)) throw new Unexpected(`${what} is no list`);
  return value;
}

export function text(value: Json | undefined, what: string): string {
  if (typeof value !== "string") throw new Unexpected(`${what} is no text`);
  return value;
}

export function number(value: Json | undefined, what: string): number {
  if (typeof value !== "number") throw new Unexpected(`${what} is no number`);
  return value;
}

/** A value as a reader wants it: a text as it is, all else as JSON on one line. */
export function plain(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}
