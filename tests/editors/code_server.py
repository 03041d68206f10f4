"""A folder in; a real VS Code on it, in a browser, with our extension installed, out.

`code-server` is VS Code served as a page. It is no dependency of synth: SYNTH_CODE_SERVER names its command.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.request import urlopen

import playwright.sync_api as playwright
from playwright.sync_api import Browser, FrameLocator, Locator, Page

ROOT = Path(__file__).parents[2]
VARIABLE = "SYNTH_CODE_SERVER"
MISSING = f"not run: no code-server (npm install code-server with Node.js 24; {VARIABLE} names its command)"
Scheme = Literal["light", "dark"]
THEMES: dict[Scheme, str] = {"light": "Default Light Modern", "dark": "Default Dark Modern"}
QUIET = {
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.layoutControl.enabled": False,
    "chat.disableAIFeatures": True,
    "window.commandCenter": False,
    "window.menuBarVisibility": "compact",
    "editor.minimap.enabled": False,
    "editor.fontSize": 13,
    "git.enabled": False,
    "files.autoSave": "off",
    "files.hotExit": "off",
    "files.exclude": {"**/.synth": True},
}
PATIENCE = 60.0
TRIES = 6


def command() -> list[str]:
    return shlex.split(os.environ.get(VARIABLE, ""))


def package() -> Path:
    """What `make vsix` wrote."""
    (found,) = (ROOT / "build").glob("synth-*.vsix")
    return found


def synth() -> str:
    """The program beside the Python that runs this."""
    return str(Path(sys.executable).with_name("synth"))


@dataclass(frozen=True)
class CodeServer:
    """A server that runs; `user` is where its settings are."""

    url: str
    user: Path

    def settings(self, scheme: Scheme, **more: object) -> None:
        """Those of the person and those of the machine: VS Code takes paths of programs from the latter alone."""
        text = json.dumps({**QUIET, "workbench.colorTheme": THEMES[scheme], **more})
        for kind in ("User", "Machine"):
            file = self.user / kind / "settings.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


@contextmanager
def serving(folder: Path, package: Path, state: Path) -> Iterator[CodeServer]:
    """Installs the packaged extension and serves `folder`, on a port of this machine alone."""
    state.mkdir(exist_ok=True)
    places = ["--user-data-dir", str(state / "user"), "--extensions-dir", str(state / "extensions")]
    subprocess.run([*command(), *places, "--install-extension", str(package)], check=True, stdout=subprocess.DEVNULL)
    port = _free_port()
    options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry", "--disable-update-check"]
    with (state / "server.log").open("w") as log:
        process = subprocess.Popen([*command(), *places, *options], stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            yield CodeServer(f"http://127.0.0.1:{port}/?folder={folder}", state / "user")
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


class Window:
    """One window of VS Code, used as a person does: by keys and by what can be read in it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def command(self, title: str) -> None:
        """By its title in the command palette."""
        self.page.keyboard.press("F1")
        box = self.page.locator(".quick-input-widget input")
        box.wait_for()
        box.fill(f">{title}")
        self.choose(title.rpartition(": ")[2])

    def open(self, file: str) -> None:
        self.page.keyboard.press("Control+p")
        box = self.page.locator(".quick-input-widget input")
        box.wait_for()
        box.fill(file)
        self.choose(Path(file).name)
        self.page.locator(f'.tab.active[data-resource-name="{Path(file).name}"]').first.wait_for()
        self.page.locator(".editor-instance .view-line").first.wait_for()

    def go(self, line: int, column: int = 1) -> None:
        self.page.keyboard.press("Control+g")
        box = self.page.locator(".quick-input-widget input")
        box.wait_for()
        box.fill(f":{line}:{column}")
        self.page.keyboard.press("Enter")
        box.wait_for(state="hidden")

    def choose(self, text: str) -> None:
        """One of the choices that the window offers."""
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=text).first
        row.wait_for()
        row.click()

    def until(self, keys: str, offered: Locator) -> None:
        """Presses the keys until it is there: an editor asked before its server has read the file shows nothing."""
        for _ in range(TRIES):
            for stroke in keys.split():
                self.page.keyboard.press(stroke)
            try:
                offered.wait_for(timeout=5000)
            except playwright.TimeoutError:
                self.page.keyboard.press("Escape")
            else:
                return
        offered.wait_for()

    def shown(self) -> FrameLocator:
        """The page of the extension that is in front; it is two frames deep."""
        return self.page.frame_locator("iframe.webview.ready").frame_locator("iframe#active-frame")


@contextmanager
def window(browser: Browser, server: CodeServer, size: tuple[int, int] = (1180, 720)) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    try:
        page = context.new_page()
        page.goto(server.url)
        page.locator(".monaco-workbench").wait_for(timeout=PATIENCE * 1000)
        page.locator(".explorer-folders-view .monaco-list-row").first.wait_for(timeout=PATIENCE * 1000)
        yield Window(page)
    finally:
        context.close()
