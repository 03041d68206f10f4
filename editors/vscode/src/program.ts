// A folder of the workspace in; its `synth` program, found and run, out.

import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import * as vscode from "vscode";
import { locate, type Machine } from "./pure/locate";

const MOST_OUTPUT = 64 * 1024 * 1024;
const MISSING = "synth was not found: neither in a .venv of this folder nor on PATH.";

export class Failed extends Error {}

const machine: Machine = {
  platform: process.platform,
  path: process.env["PATH"] ?? "",
  exists(file) {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  },
};

export function settings(folder?: vscode.Uri): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("synth", folder ?? null);
}

export function profile(folder?: vscode.Uri): string {
  return settings(folder).get("profile", "");
}

/** The folder that commands without a spec are run in: the one of the active editor, else the first. */
export function home(): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder = active && vscode.workspace.getWorkspaceFolder(active);
  return (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
}

export function find(folder: vscode.Uri | undefined): string | undefined {
  return locate(settings(folder).get("path", ""), folder?.fsPath, machine);
}

/** As `find`; where there is none, says what to do and gives up as if it were cancelled: it is told already. */
export async function program(folder: vscode.Uri | undefined): Promise<string> {
  if (!vscode.workspace.isTrusted) throw new Failed("synth runs in trusted folders only.");
  const found = find(folder);
  if (found) return found;
  void explain();
  throw new vscode.CancellationError();
}

let explained = false;

export async function explain(): Promise<void> {
  if (explained) return;
  explained = true;
  const chosen = await vscode.window.showWarningMessage(MISSING, "Set its path", "How to install it");
  explained = false;
  if (chosen === "Set its path") await vscode.commands.executeCommand("workbench.action.openSettings", "synth.path");
  if (chosen === "How to install it") await vscode.commands.executeCommand("extension.open", "synth.synth");
}

/** What the program printed. Exit code 1 (a gate, a difference) is an answer; 2 is a mistake, told as it was printed. */
export async function printed(folder: vscode.Uri | undefined, args: string[], stop?: vscode.CancellationToken): Promise<string> {
  const file = await program(folder);
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: MOST_OUTPUT, env: { ...process.env, NO_COLOR: "1" }, ...(folder && { cwd: folder.fsPath }) };
    const child = execFile(file, args, options, (error, output, errors) => {
      listener?.dispose();
      if (stop?.isCancellationRequested) reject(new vscode.CancellationError());
      else if (error && error.code !== 1) reject(new Failed(errors.trim() || error.message));
      else resolve(output);
    });
    const listener = stop?.onCancellationRequested(() => child.kill("SIGINT"));
  });
}

/** Runs `work` with a bar that can be cancelled; mistakes become a message, with the whole text in the output. */
export async function shown<T>(title: string, work: (stop: vscode.CancellationToken) => Promise<T>): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  try {
    return await vscode.window.withProgress(options, (_, stop) => work(stop));
  } catch (error) {
    await tell(error);
    return undefined;
  }
}

export async function tell(error: unknown): Promise<void> {
  if (error instanceof vscode.CancellationError) return;
  const text = error instanceof Error ? error.message : String(error);
  const [first, ...rest] = text.split("\n");
  if (!rest.length) {
    void vscode.window.showErrorMessage(`synth: ${text}`);
    return;
  }
  const chosen = await vscode.window.showErrorMessage(`synth: ${first}`, "Show all");
  if (!chosen) return;
  const document = await vscode.workspace.openTextDocument({ content: text });
  await vscode.window.showTextDocument(document, { preview: true });
}
