// A setting, folders and a look at the disk in; where the `synth` program is out.

import { dirname, join } from "node:path";

export interface Machine {
  platform: string;
  path: string;
  exists(file: string): boolean;
}

const VENVS = [".venv", "venv", "env"];

/** The places that are tried, in order: the setting alone if there is one, else virtual environments, else PATH. */
export function candidates(setting: string, folder: string | undefined, machine: Machine): string[] {
  if (setting) return [setting.startsWith(".") && folder ? join(folder, setting) : setting];
  const beside = folder ? above(folder).flatMap((at) => VENVS.map((venv) => inVenv(join(at, venv), machine))) : [];
  return [...beside, ...onPath(machine)];
}

export function locate(setting: string, folder: string | undefined, machine: Machine): string | undefined {
  return candidates(setting, folder, machine).find((file) => machine.exists(file));
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

function inVenv(venv: string, machine: Machine): string {
  return machine.platform === "win32" ? join(venv, "Scripts", "synth.exe") : join(venv, "bin", "synth");
}

function onPath(machine: Machine): string[] {
  const windows = machine.platform === "win32";
  const folders = machine.path.split(windows ? ";" : ":").filter(Boolean);
  return folders.map((folder) => join(folder, windows ? "synth.exe" : "synth"));
}
