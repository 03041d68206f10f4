// The workspace's folders in; the tasks that `synth` can do in each, out.

import * as vscode from "vscode";
import { find } from "./program";

const TYPE = "synth";
const VERBS = ["check", "lint", "test"];

interface Definition extends vscode.TaskDefinition {
  verb: string;
  arguments?: string[];
}

export class Tasks implements vscode.TaskProvider {
  provideTasks(): vscode.Task[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return folders.flatMap((folder) => VERBS.map((verb) => this.task({ type: TYPE, verb }, folder)).filter((task) => task !== undefined));
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const folder = task.scope && typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
    return folder && this.task(task.definition as Definition, folder);
  }

  register(): vscode.Disposable {
    return vscode.tasks.registerTaskProvider(TYPE, this);
  }

  private task(definition: Definition, folder: vscode.WorkspaceFolder): vscode.Task | undefined {
    const file = vscode.workspace.isTrusted ? find(folder.uri) : undefined;
    if (!file) return undefined;
    const args = [definition.verb, ...(definition.arguments ?? [])];
    const execution = new vscode.ProcessExecution(file, args, { cwd: folder.uri.fsPath });
    const task = new vscode.Task(definition, folder, args.join(" "), TYPE, execution, "$synth");
    if (definition.verb === "build") task.group = vscode.TaskGroup.Build;
    if (definition.verb === "test") task.group = vscode.TaskGroup.Test;
    return task;
  }
}

export async function checkAll(folder: vscode.Uri | undefined): Promise<void> {
  const of = folder && vscode.workspace.getWorkspaceFolder(folder);
  const task = of && new Tasks().resolveTask(new vscode.Task({ type: TYPE, verb: "check" }, of, "check", TYPE));
  if (task) await vscode.tasks.executeTask(task);
}
