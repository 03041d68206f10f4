// A body of HTML in; a panel that shows it under a strict policy and tells what was clicked, out.

import * as vscode from "vscode";
import { type Html, page } from "./pure/html";

export interface Clicked {
  action: string;
  [name: string]: string | undefined;
}

export class Panel {
  private readonly panel: vscode.WebviewPanel;

  constructor(
    private readonly media: vscode.Uri,
    private readonly title: string,
    column: vscode.ViewColumn,
    clicked: (what: Clicked) => void,
  ) {
    const options = { enableScripts: true, localResourceRoots: [media], enableFindWidget: true };
    this.panel = vscode.window.createWebviewPanel("synth", title, column, options);
    this.panel.webview.onDidReceiveMessage(clicked);
  }

  onClosed(closed: () => void): void {
    this.panel.onDidDispose(closed);
  }

  show(body: Html): void {
    const { webview } = this.panel;
    const at = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(this.media, file)).toString();
    const frame = { title: this.title, body, source: webview.cspSource, style: at("page.css"), script: at("page.js") };
    webview.html = page(frame);
  }

  reveal(): void {
    this.panel.reveal();
  }
}
