"""A real VS Code with the packaged extension: mistakes and fixes, completion, definitions, pages, the status bar."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import find, started
from tests.editors.code_server import MISSING, Window, command, package, serving, synth, window
from tests.editors.project import EXPLAIN, project

pytestmark = [pytest.mark.editors, pytest.mark.skipif(not command() or find() is None, reason=MISSING)]
SECONDS = 1000
BROKEN = EXPLAIN.replace("asked.topic | lower", "asked.topc | lower")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def editor(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    folder = tmp_path_factory.mktemp("vscode")
    root = project(folder / "project")
    (root / "broken.synth").write_text(BROKEN)
    with serving(root, package(), folder) as server:
        server.settings("dark", **{"synth.path": synth()})
        with window(browser, server) as opened:
            yield opened


def test_a_mistake_is_underlined_and_mended_by_its_fix(editor: Window) -> None:
    editor.open("broken.synth")
    expect(editor.page.locator(".squiggly-error").first).to_be_visible(timeout=30 * SECONDS)
    line = BROKEN[: BROKEN.index("topc")].count("\n") + 1
    editor.go(line, BROKEN.splitlines()[line - 1].index("topc") + 2)
    fix = editor.page.locator(".action-widget .monaco-list-row", has_text="topic").first
    editor.until("Control+.", fix)
    fix.click()
    expect(editor.page.locator(".squiggly-error")).to_have_count(0, timeout=30 * SECONDS)


def test_a_definition_in_another_file_is_gone_to(editor: Window) -> None:
    editor.open("explain.synth")
    line = EXPLAIN[: EXPLAIN.index("import answered_by")].count("\n") + 1
    editor.go(line, EXPLAIN.splitlines()[line - 1].index("answered_by") + 2)
    editor.until("F12", editor.page.locator('.tab.active[data-resource-name="judges.synth"]'))


def test_a_dataset_is_compared_between_two_branches(editor: Window) -> None:
    editor.command("synth: Diff a dataset")
    editor.choose("main")
    editor.choose("shorter")
    shown = editor.shown()
    expect(shown.locator("h1")).to_have_text("python_qa", timeout=30 * SECONDS)
    expect(shown.locator("tr.changed")).to_have_count(8)
    expect(shown.locator("tr.changed del").first).to_be_visible()
    shown.get_by_role("button", name="+1 added").click()
    expect(shown.locator("tr.changed")).to_have_count(0, timeout=30 * SECONDS)
    expect(shown.locator("tr.added")).to_have_count(1)


def test_a_lens_previews_rows_with_their_prompts(editor: Window) -> None:
    editor.open("explain.synth")
    editor.page.get_by_role("button", name=re.compile("preview 3 rows")).first.click(timeout=30 * SECONDS)
    shown = editor.shown()
    expect(shown.locator("h1")).to_have_text("Preview of explain.synth", timeout=60 * SECONDS)
    expect(shown.locator("section")).to_have_count(3)
    shown.locator("details.call").first.click()
    expect(shown.locator("details.call[open] .turn.user pre").first).to_contain_text("Text: ")


def test_the_status_bar_says_branch_and_rows(editor: Window) -> None:
    expect(editor.page.locator(".statusbar-item", has_text="9 rows")).to_be_visible(timeout=30 * SECONDS)


def test_fields_are_offered_after_a_dot(editor: Window) -> None:
    editor.open("explain.synth")
    editor.go(EXPLAIN[: EXPLAIN.index("target =")].count("\n") + 2)
    editor.page.keyboard.press("End")
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.type("let x = asked.", delay=60)
    editor.until("Control+Space", editor.page.locator(".suggest-widget .monaco-list-row", has_text="level").first)
