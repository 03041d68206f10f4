// What is asked for in; the arguments of `synth` out. They are given to the program as a list: no shell reads them.

import type { State } from "./difference";

export interface Asked {
  a: string;
  b: string;
  dataset: string;
  only: State | null;
  offset: number;
  limit: number;
}

export function diffArguments({ a, b, dataset, only, offset, limit }: Asked): string[] {
  const filter = only ? ["--only", only] : [];
  return ["diff", `${a}..${b}`, dataset, "--json", "--limit", String(limit), "--offset", String(offset), ...filter];
}

export interface Run {
  spec: string;
  profile: string;
  dataset?: string;
}

export function previewArguments({ spec, profile, dataset }: Run, rows: number): string[] {
  return ["preview", spec, "-n", String(rows), "--json", ...only(dataset), ...withProfile(profile)];
}

export function planArguments({ spec, profile, dataset }: Run): string[] {
  return ["plan", spec, "--json", ...only(dataset), ...withProfile(profile)];
}

export function testArguments({ spec, profile }: Run, title?: string): string[] {
  return ["test", spec, ...(title ? ["-k", title] : []), ...withProfile(profile)];
}

export function buildArguments({ spec, profile, dataset }: Run): string[] {
  return ["build", spec, ...only(dataset), ...withProfile(profile)];
}

function withProfile(profile: string): string[] {
  return profile ? ["--profile", profile] : [];
}

function only(dataset: string | undefined): string[] {
  return dataset ? ["--only", dataset] : [];
}
