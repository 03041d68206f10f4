// A dataset and two versions, chosen by the user, in; a page with what differs, and the specs side by side, out.

import * as vscode from "vscode";
import { Panel, type Clicked } from "./panel";
import { home, printed, settings, shown } from "./program";
import { diffArguments } from "./pure/commands";
import { difference, sides, type Difference, type State } from "./pure/difference";
import { diffPage, type View } from "./pure/diffpage";
import { branches, commits, contents, type Ref } from "./pure/versions";

const SCHEME = "synth-version";

/** The specs of two versions as documents that an editor can compare; they live while the window does. */
export class Versions implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  put(name: string, version: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: version });
    this.texts.set(uri.toString(), text);
    return uri;
  }

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }
}

interface Chosen {
  a: string;
  b: string;
  dataset: string;
}

export class Diffs {
  constructor(
    private readonly media: vscode.Uri,
    private readonly versions: Versions,
  ) {}

  async open(): Promise<void> {
    const folder = home();
    const chosen = await choose(folder);
    if (chosen) await new DiffView(this.media, this.versions, folder, chosen).load();
  }
}

class DiffView {
  private panel: Panel | undefined;
  private view: View;
  private found: Difference | undefined;

  constructor(
    private readonly media: vscode.Uri,
    private readonly versions: Versions,
    private readonly folder: vscode.Uri | undefined,
    private chosen: Chosen,
  ) {
    this.view = { only: null, offset: 0, limit: settings(folder).get("diff.rows", 50) };
  }

  async load(): Promise<void> {
    const { a, b, dataset } = this.chosen;
    const asked = diffArguments({ a, b, dataset, ...this.view });
    const text = await shown(`Comparing ${dataset}, ${a} to ${b}`, (stop) => printed(this.folder, asked, stop));
    if (text === undefined) return;
    this.found = difference(text);
    const column = vscode.ViewColumn.Active;
    this.panel ??= new Panel(this.media, `${dataset}: ${a}..${b}`, column, (what) => void this.clicked(what));
    this.panel.show(diffPage(this.found, this.view));
  }

  private async clicked(what: Clicked): Promise<void> {
    if (what.action === "only") this.view = { ...this.view, only: (what["only"] || null) as State | null, offset: 0 };
    if (what.action === "page") this.view = { ...this.view, offset: Number(what["offset"]) };
    if (what.action === "spec") return this.spec(what["dataset"], what["path"]);
    if (what.action === "refs") {
      const chosen = await choose(this.folder);
      if (!chosen) return;
      this.chosen = chosen;
      this.view = { ...this.view, only: null, offset: 0 };
    }
    await this.load();
  }

  private async spec(dataset: string | undefined, path: string | undefined): Promise<void> {
    const of = this.found?.datasets.find((one) => one.name === dataset);
    const source = of?.sources.find((one) => one.path === path);
    if (!source || !this.found) return;
    const [before, after] = sides(source.lines);
    const left = this.versions.put(source.path, this.found.a.commit, before);
    const right = this.versions.put(source.path, this.found.b.commit, after);
    const title = `${source.path}: ${this.found.a.name} ↔ ${this.found.b.name}`;
    await vscode.commands.executeCommand("vscode.diff", left, right, title, { viewColumn: vscode.ViewColumn.Beside });
  }
}

async function choose(folder: vscode.Uri | undefined): Promise<Chosen | undefined> {
  const refs = await shown("Looking for versions", () => known(folder));
  if (!refs) return undefined;
  const a = await pick(refs, "Compare which version…", 1);
  const b = a && (await pick(refs.filter((ref) => ref.name !== a), `…with ${a}?`, 2));
  const dataset = b && (await which(folder, b));
  return a && b && dataset ? { a, b, dataset } : undefined;
}

async function known(folder: vscode.Uri | undefined): Promise<Ref[]> {
  const [branch, log] = await Promise.all([printed(folder, ["branch", "--json"]), printed(folder, ["log", "--json"])]);
  return [...branches(branch), ...commits(log)];
}

async function pick(refs: Ref[], placeHolder: string, step: number): Promise<string | undefined> {
  const items = refs.map((ref) => ({ label: ref.name, description: `${ref.current ? "current · " : ""}${ref.detail}` }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, title: `Diff a dataset (${step}/3)` });
  return chosen?.label;
}

async function which(folder: vscode.Uri | undefined, ref: string): Promise<string | undefined> {
  const there = await shown("Looking for datasets", async () => contents(await printed(folder, ["show", ref, "--json"])));
  if (!there || there.datasets.length < 2) return there?.datasets[0];
  return vscode.window.showQuickPick(there.datasets, { placeHolder: "Which dataset?", title: "Diff a dataset (3/3)" });
}
