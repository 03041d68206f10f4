"""The techniques in; `docs/techniques.md` out: `python -m tests.gallery.page > docs/techniques.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.gallery.techniques import TECHNIQUES, Technique

INTRODUCTION = """# Techniques

What practitioners who make training data rely on, each with a spec of the gallery that uses it, the tests that prove
on that spec that it does what it says, and the page that explains it. Made from `tests/gallery/techniques.py`; change
it there.

The proofs build the specs themselves on a model whose answers are known, so that what is drawn, asked, dropped and kept
can be told exactly. What the embedded model makes of each spec is replayed by `tests/gallery/test_replay.py`.

| # | technique | spec | proof | page |
| --- | --- | --- | --- | --- |
"""


def render() -> str:
    """The page."""
    rows = [_row(number, technique) for number, technique in enumerate(TECHNIQUES, 1)]
    short = [
        f"* **{number}, {found.name}**: {found.short}" for number, found in enumerate(TECHNIQUES, 1) if found.short
    ]
    return "\n".join([INTRODUCTION + "\n".join(rows), "", "## What falls short", "", *short, ""])


def _row(number: int, technique: Technique) -> str:
    specs = ", ".join(f"[{spec}](../specs/{spec}/README.md)" for spec in technique.specs)
    return f"| {number} | {technique.name} | {specs} | {'; '.join(_proofs(technique))} | {_page(technique.page)} |"


def _proofs(technique: Technique) -> Iterator[str]:
    for proof in technique.proofs:
        yield f"[{proof.replace('_s_', chr(39) + 's ').replace('_', ' ')}](../tests/gallery/{technique.file})"


def _page(link: str) -> str:
    """Called after its heading, or after the page."""
    page, _, heading = link.partition("#")
    return f"[{(heading or re.sub(r'^[0-9]+-', '', Path(page).stem)).replace('-', ' ')}]({link})"


if __name__ == "__main__":
    sys.stdout.write(render())
