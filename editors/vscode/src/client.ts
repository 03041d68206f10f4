// The workspace in; the language server of its own synth, started and stopped, out.

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, State } from "vscode-languageclient/node";
import { explain, find, home, settings } from "./program";

export type Command = (name: string, args: unknown[]) => Promise<unknown> | undefined;

export class Server {
  private client: LanguageClient | undefined;
  readonly output = vscode.window.createOutputChannel("synth", { log: true });

  /** `command` answers a command of the server's code lenses itself, or leaves it to the server. */
  constructor(private readonly command: Command) {}

  async start(): Promise<void> {
    const folder = home();
    if (!vscode.workspace.isTrusted || !settings(folder).get("server.enabled", true)) return;
    const file = find(folder);
    if (!file) {
      this.output.warn("synth was not found; there are colours and snippets, and nothing else");
      void explain();
      return;
    }
    const args = ["lsp", ...settings(folder).get<string[]>("server.arguments", [])];
    this.output.info(`starting ${file} ${args.join(" ")}`);
    const options = folder ? { cwd: folder.fsPath } : {};
    this.client = new LanguageClient("synth", "synth", { command: file, args, options }, this.options());
    this.client.onDidChangeState(({ newState }) => this.output.info(`server ${State[newState]?.toLowerCase()}`));
    try {
      await this.client.start();
    } catch (error) {
      await this.failed(error);
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose().catch((error: unknown) => this.output.warn(String(error)));
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "synth" },
        { scheme: "untitled", language: "synth" },
        { scheme: "file", pattern: "**/synth.toml" },
      ],
      outputChannel: this.output,
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{synth,toml,jsonl,json,csv,parquet,txt,md}") },
      middleware: { executeCommand: async (name, args, next) => this.command(name, args) ?? next(name, args) },
      markdown: { isTrusted: false, supportHtml: false },
    };
  }

  private async failed(error: unknown): Promise<void> {
    this.output.error(String(error));
    const text = "synth: the language server did not start. `pip install 'PATH/TO/synth[lsp]'` gives it what it needs.";
    const chosen = await vscode.window.showErrorMessage(text, "Show the output", "Try again");
    if (chosen === "Show the output") this.output.show();
    if (chosen === "Try again") await this.restart();
  }
}
