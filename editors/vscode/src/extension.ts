// VS Code in; colours are there without this, and this adds the server, the commands, the pages, tasks and status bar.

import * as vscode from "vscode";
import { Server } from "./client";
import { Diffs, Versions } from "./diffs";
import { active, build, Previews, type Target, test } from "./previews";
import { home } from "./program";
import { target } from "./pure/lens";
import { Status, switchBranch } from "./status";
import { checkAll, Tasks } from "./tasks";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const media = vscode.Uri.joinPath(context.extensionUri, "media");
  const previews = new Previews(media);
  const versions = new Versions();
  const diffs = new Diffs(media, versions);
  const status = new Status();
  server = new Server((name, args) => fromLens(name, args, previews, diffs));
  context.subscriptions.push(status, versions.register(), new Tasks().register(), server.output);
  const commands: Record<string, () => Promise<void>> = {
    "synth.checkProject": () => checkAll(home()),
    "synth.previewSpec": () => onActive((found) => previews.preview(found)),
    "synth.planSpec": () => onActive((found) => previews.plan(found)),
    "synth.testSpec": () => onActive(test),
    "synth.buildSpec": () => onActive(build),
    "synth.diffDatasets": () => diffs.open(),
    "synth.switchBranch": () => switchBranch(status),
    "synth.restartServer": async () => server?.restart(),
    "synth.showOutput": async () => server?.output.show(),
  };
  for (const [name, run] of Object.entries(commands)) context.subscriptions.push(vscode.commands.registerCommand(name, run));
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server?.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("synth.path") || change.affectsConfiguration("synth.server")) void server?.restart();
    }),
  );
  await server.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

async function onActive(work: (target: Target) => Promise<void>): Promise<void> {
  const found = await active();
  if (found) await work(found);
}

/** What a code lens asks for is shown as the commands show it; a command that is not known here goes to the server. */
function fromLens(name: string, args: unknown[], previews: Previews, diffs: Diffs): Promise<void> | undefined {
  const asked = target(args);
  const at = asked && { ...asked, spec: vscode.Uri.parse(asked.spec) };
  if (name === "synth.diff") return diffs.open();
  if (!at) return undefined;
  if (name === "synth.preview") return saved(at, (found) => previews.preview(found));
  if (name === "synth.plan") return saved(at, (found) => previews.plan(found));
  if (name === "synth.test") return saved(at, test);
  return undefined;
}

async function saved(target: Target, work: (target: Target) => Promise<void>): Promise<void> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === target.spec.toString());
  if (open?.isDirty) await open.save();
  await work(target);
}
