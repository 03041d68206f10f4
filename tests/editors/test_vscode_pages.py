"""What synth prints is what the extension's pages read: a diff, a preview and a plan of a project as they are now."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.editors.project import project
from tests.editors.vscode import EXTENSION, MISSING, installed

pytestmark = [pytest.mark.editors, pytest.mark.skipif(not installed(), reason=MISSING)]
Shown = Callable[..., str]
HOSTILE = "<script>alert(1)</script> is not run \u202e, for it is a text like any other one here."


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The page for what a command of the project prints."""
    root = project(tmp_path_factory.mktemp("pages") / "project", hostile=HOSTILE)

    def render(verb: str, *arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("synth")), verb, *arguments, "--json"]
        printed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        script = ["node", str(EXTENSION / "scripts" / "render.mjs"), verb, "page.css", "page.js"]
        return subprocess.run(script, input=printed, capture_output=True, text=True, check=True).stdout

    return render


def test_a_diff_shows_its_rows_and_what_changed_in_them(shown: Shown) -> None:
    page = shown("diff", "main..shorter", "python_qa", "--limit", "50")
    assert len(re.findall('<tr class="changed">', page)) == 8
    assert page.count("<del>") > 8 and page.count("<ins>") > 8
    assert 'data-action="spec" data-dataset="python_qa" data-path="spec.synth"' in page


def test_a_text_that_looks_like_a_page_is_a_text(shown: Shown) -> None:
    page = shown("diff", "main..shorter", "python_qa", "--limit", "50")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "⟨U+202E⟩" in page and "\u202e" not in page
    assert re.findall("<script[^>]*>", page) == ['<script src="page.js">']


def test_a_preview_shows_rows_prompts_and_answers(shown: Shown) -> None:
    page = shown("preview", "explain.synth", "-n", "1")
    assert '<div class="turn system"><b>system</b>' in page
    assert '<div class="turn assistant"><b>answer</b>' in page


def test_a_plan_shows_each_step_and_the_sum(shown: Shown) -> None:
    page = shown("plan", "explain.synth")
    assert 'answer <span class="dim">gen</span>' in page
    assert '<tr class="total">' in page
