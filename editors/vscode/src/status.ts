// The store of the workspace in; its branch and how many rows stand there, in the status bar, out.

import * as vscode from "vscode";
import { find, home, printed, shown } from "./program";
import { branches, contents } from "./pure/versions";

const SECONDS = 1_000;

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("synth.branch", vscode.StatusBarAlignment.Left, 40);
  private readonly watcher = vscode.workspace.createFileSystemWatcher("**/.synth/{HEAD,branch,store.git/HEAD,store.git/refs/**}");
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.item.name = "synth";
    this.item.command = "synth.switchBranch";
    for (const changed of [this.watcher.onDidChange, this.watcher.onDidCreate, this.watcher.onDidDelete]) changed(() => this.soon());
    vscode.workspace.onDidOpenTextDocument(() => this.soon());
    vscode.tasks.onDidEndTask((end) => end.execution.task.source === "synth" && this.soon());
    this.soon();
  }

  /** Several changes of a build are told once, when it is quiet. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(), SECONDS);
  }

  async update(): Promise<void> {
    const folder = home();
    const open = vscode.workspace.textDocuments.some((document) => document.languageId === "synth");
    if (!vscode.workspace.isTrusted || !open || !find(folder)) {
      this.item.hide();
      return;
    }
    try {
      await this.show(folder);
    } catch {
      this.item.hide();
    }
  }

  private async show(folder: vscode.Uri | undefined): Promise<void> {
    const branch = branches(await printed(folder, ["branch", "--json"])).find((one) => one.current);
    if (!branch) return this.item.hide();
    const there = await printed(folder, ["show", branch.name, "--json"]).then(contents, () => undefined);
    const rows = there ? `${there.rows.toLocaleString("en-US")} ${there.rows === 1 ? "row" : "rows"}` : "nothing built";
    this.item.text = `$(git-branch) ${branch.name} · ${rows}`;
    this.item.tooltip = `The data's branch, and what it holds: ${there?.datasets.join(", ") || "no dataset"}. Click to switch.`;
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watcher.dispose();
    this.item.dispose();
  }
}

export async function switchBranch(status: Status): Promise<void> {
  const folder = home();
  const found = await shown("Looking for branches", async () => branches(await printed(folder, ["branch", "--json"])));
  const items = (found ?? []).map((one) => ({ label: one.name, description: `${one.current ? "current · " : ""}${one.detail}` }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: "Switch the data to which branch?" });
  if (!chosen) return;
  await shown(`Switching to ${chosen.label}`, () => printed(folder, ["switch", chosen.label]));
  status.soon();
}
