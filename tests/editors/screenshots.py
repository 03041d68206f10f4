"""A real VS Code with the packaged extension in; the pictures of docs/editors/vscode.md out."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import started
from tests.editors.code_server import MISSING, CodeServer, Scheme, Window, command, package, serving, synth, window
from tests.editors.project import EXPLAIN, project

IMAGES = Path(__file__).parents[2] / "docs" / "images"
BROKEN = EXPLAIN.replace("asked.topic | lower", "asked.topc | lower")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main(folder: Path) -> None:
    root = project(folder / "python-qa")
    (root / "broken.synth").write_text(BROKEN)
    with started() as browser:
        for scheme in SCHEMES:
            with serving(root, package(), folder / scheme) as server:
                _scheme(browser, server, scheme)


def _scheme(browser: Browser, server: CodeServer, scheme: Scheme) -> None:
    """A window each, so that none shows what another left open; the one that types comes last."""
    server.settings(scheme, **{"synth.path": synth()})
    for picture in (_code, _mistake, _diff, _completion):
        with window(browser, server) as opened:
            opened.command("View: Close All Editors")
            picture(opened, scheme)


def _code(opened: Window, scheme: Scheme) -> None:
    _read(opened, "explain.synth")
    opened.go(*_place(EXPLAIN, "explain(asked, rules) with", 2))
    opened.until(
        "Control+k Control+i", opened.page.locator(".monaco-hover-content", has_text="questions from a text").first
    )
    _taken(opened, f"code-{scheme}")


def _completion(opened: Window, scheme: Scheme) -> None:
    _read(opened, "explain.synth")
    opened.go(_place(EXPLAIN, "draw rules")[0] - 1)
    opened.page.keyboard.press("End")
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.type("let depth = asked.", delay=60)
    opened.until("Control+Space", opened.page.locator(".suggest-widget .monaco-list-row", has_text="level").first)
    _taken(opened, f"completion-{scheme}")


def _mistake(opened: Window, scheme: Scheme) -> None:
    _read(opened, "broken.synth")
    opened.page.locator(".squiggly-error").first.wait_for()
    opened.go(*_place(BROKEN, "topc", 2))
    opened.until("Control+k Control+i", opened.page.locator(".monaco-hover-content", has_text="topc").first)
    _taken(opened, f"mistake-{scheme}")


def _diff(opened: Window, scheme: Scheme) -> None:
    _read(opened, "spec.synth")
    opened.command("synth: Diff a dataset")
    opened.choose("main")
    opened.choose("shorter")
    opened.shown().locator("tr.changed").first.wait_for()
    opened.command("View: Toggle Primary Side Bar Visibility")
    opened.command("Notifications: Clear All")
    _taken(opened, f"diff-{scheme}")


def _read(opened: Window, file: str) -> None:
    """Opened, and read by the server: it has put its lenses above the dataset."""
    opened.open(file)
    opened.page.locator(".codelens-decoration").first.wait_for(timeout=60_000)
    opened.page.wait_for_timeout(2_000)


def _place(text: str, part: str, further: int = 0) -> tuple[int, int]:
    at = text.index(part)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) + further


def _taken(opened: Window, name: str) -> None:
    opened.page.wait_for_timeout(1_000)
    opened.page.screenshot(path=IMAGES / f"editor-{name}.png")


if __name__ == "__main__":
    if not command():
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
