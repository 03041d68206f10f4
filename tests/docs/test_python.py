"""Python that a page shows is run: beside the spec of the landing page, and it prints what stands below it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.test_tutorial import MADE_UP

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("api.md",)
SPEC = re.compile(r"<!-- write words.synth -->\n```synth\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_RUN = re.compile(
    r"^```python\n(?P<code>.*?)^```\n```text\n(?P<printed>.*?)^```$|^```python\n(?P<silent>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
READER = 'def rows():\n    yield {"id": "break", "text": "It ends the loop."}\n'


def shown() -> list[tuple[str, str, str]]:
    """(page and line, code, what it prints)"""
    found = []
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        for step in _RUN.finditer(text):
            line = text.count("\n", 0, step.start()) + 1
            found.append((f"{page}:{line}", step["code"] or step["silent"], step["printed"] or ""))
    return found


@pytest.mark.parametrize(("code", "printed"), [step[1:] for step in shown()], ids=[step[0] for step in shown()])
def test_what_a_page_shows_in_python_prints_what_it_says(
    code: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (spec,) = SPEC.findall((DOCS / "index.md").read_text(encoding="utf-8"))
    (tmp_path / "words.synth").write_text(spec, encoding="utf-8")
    (tmp_path / "synth.toml").write_text(MADE_UP, encoding="utf-8")
    exec(compile(code, "page", "exec"), {"__name__": "__page__"})
    assert capsys.readouterr().out == printed


def test_the_reader_that_a_page_shows_gives_rows() -> None:
    assert f"```python\n{READER}```" in (DOCS / "sources.md").read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    exec(READER, found)
    assert list(found["rows"]()) == [{"id": "break", "text": "It ends the loop."}]
