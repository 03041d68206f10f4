// A spec in; its preview or its plan on a page, its tests or its build in a terminal, out.

import * as vscode from "vscode";
import { Panel, type Clicked } from "./panel";
import { printed, profile, program, settings, shown, tell } from "./program";
import { buildArguments, planArguments, previewArguments, testArguments, type Run } from "./pure/commands";
import type { Html } from "./pure/html";
import { planPage, plans } from "./pure/planpage";
import { previewPage, previews } from "./pure/previewpage";

export interface Target {
  spec: vscode.Uri;
  dataset?: string;
  test?: string;
}

/** The spec of the active editor, saved, for commands read files. */
export async function active(): Promise<Target | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "synth" || document.uri.scheme !== "file") {
    void vscode.window.showInformationMessage("synth: open a .synth file first.");
    return undefined;
  }
  if (document.isDirty) await document.save();
  return { spec: document.uri };
}

export class Previews {
  private readonly panels = new Map<string, Panel>();

  constructor(private readonly media: vscode.Uri) {}

  async preview(target: Target): Promise<void> {
    const folder = folderOf(target);
    const rows = settings(folder).get("preview.rows", 3);
    const name = nameOf(target);
    await this.shown(target, `Preview: ${name}`, previewArguments(run(target), rows), (text) => previewPage(previews(text), name));
  }

  async plan(target: Target): Promise<void> {
    const name = nameOf(target);
    await this.shown(target, `Plan: ${name}`, planArguments(run(target)), (text) => planPage(plans(text), name));
  }

  private async shown(target: Target, title: string, args: string[], body: (text: string) => Html): Promise<void> {
    const text = await shown(title, (stop) => printed(folderOf(target), args, stop));
    if (text === undefined) return;
    try {
      this.panel(target, title, args[0] ?? "").show(body(text));
    } catch (error) {
      await tell(error);
    }
  }

  private panel(target: Target, title: string, verb: string): Panel {
    const key = `${verb} ${target.spec.toString()} ${target.dataset ?? ""}`;
    const known = this.panels.get(key);
    if (known) {
      known.reveal();
      return known;
    }
    const again = verb === "plan" ? () => this.plan(target) : () => this.preview(target);
    const panel = new Panel(this.media, title, vscode.ViewColumn.Beside, (what) => void this.clicked(what, target, again));
    panel.onClosed(() => this.panels.delete(key));
    this.panels.set(key, panel);
    return panel;
  }

  private async clicked(what: Clicked, target: Target, again: () => Promise<void>): Promise<void> {
    if (what.action === "again") await again();
    if (what.action === "build") await build(target);
  }
}

export async function test(target: Target): Promise<void> {
  await inTerminal(target, testArguments(run(target), target.test));
}

export async function build(target: Target): Promise<void> {
  await inTerminal(target, buildArguments(run(target)));
}

/** As a task: its arguments pass no shell, its messages reach the problems view. */
async function inTerminal(target: Target, args: string[]): Promise<void> {
  const folder = folderOf(target);
  try {
    const file = await program(folder);
    const execution = new vscode.ProcessExecution(file, args, folder ? { cwd: folder.fsPath } : {});
    const definition = { type: "synth", verb: args[0] ?? "", arguments: args.slice(1) };
    const scope = (folder && vscode.workspace.getWorkspaceFolder(folder)) ?? vscode.TaskScope.Workspace;
    const task = new vscode.Task(definition, scope, `${args[0]} ${nameOf(target)}`, "synth", execution, "$synth");
    await vscode.tasks.executeTask(task);
  } catch (error) {
    await tell(error);
  }
}

function run(target: Target): Run {
  const found = { spec: target.spec.fsPath, profile: profile(folderOf(target)) };
  return target.dataset ? { ...found, dataset: target.dataset } : found;
}

function folderOf(target: Target): vscode.Uri | undefined {
  return vscode.workspace.getWorkspaceFolder(target.spec)?.uri ?? vscode.Uri.joinPath(target.spec, "..");
}

function nameOf(target: Target): string {
  return vscode.workspace.asRelativePath(target.spec, false);
}
