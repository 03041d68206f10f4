"""The Markdown files in `cases/` are the tests: each fenced spec says, beside the line, which mistake it has there.

    `# E0312`      after a statement: that line has exactly these mistakes, in this order (`# E0301 E0302`)
    `{# E0312 #}`  the same, inside a template
A spec without marks has no mistakes at all, warnings included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.analysis import Analysis
from tests.compiler.front.project import check

FOLDER = Path(__file__).parent / "cases"
_FENCE = re.compile(r"^```synth\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"(?:# |\{# )((?:[EW]\d{4} ?)+)")


def cases() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for fence in _FENCE.finditer(text):
            heading = text[: fence.start()].rpartition("\n## ")[2].partition("\n")[0]
            yield f"{path.stem}: {heading}", fence[1]


def expected(text: str) -> dict[int, list[str]]:
    marks = ((number, _MARK.search(line)) for number, line in enumerate(text.split("\n"), 1))
    return {number: mark[1].split() for number, mark in marks if mark}


def found(analysis: Analysis, path: str) -> dict[int, list[str]]:
    lines: dict[int, list[str]] = {}
    source = analysis.model.sources[path]
    for diagnostic in analysis.diagnostics:
        assert diagnostic.span is not None and diagnostic.span.path == path, diagnostic
        lines.setdefault(source.position(diagnostic.span.start).line, []).append(diagnostic.code)
    return lines


CASES = list(cases())


@pytest.mark.parametrize("text", [text for _, text in CASES], ids=[name for name, _ in CASES])
def test_mistakes_stand_where_they_are_marked_and_nowhere_else(text: str) -> None:
    assert found(check(text), "spec.synth") == expected(text)
