"""The pages of the documentation in; the blocks of them that tests run, with the trees of what they use, out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dsl import tree
from dsl.parser import parse
from dsl.source import Source
from tests.docs.specs import Block, blocks, check, marked

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


@cache
def to_build() -> tuple[tuple[Path, Block], ...]:
    """Whole specs without a mistake that make something."""
    shown = ((page, block) for page in PAGES for block in blocks(page.read_text(encoding="utf-8")))
    return tuple((page, block) for page, block in shown if not marked(block.text, "E") and _makes(block.text))


def _makes(text: str) -> bool:
    return any(line.startswith(("dataset ", "mix ")) for line in text.splitlines())


def used(block: Block) -> Iterator[tree.Declaration]:
    """The declarations of a block's own file that something uses: what no build comes to proves nothing."""
    found = check(block.text, upto="types").diagnostics
    idle = {item.span.start for item in found if item.span is not None and item.code in ("W0201", "W0204")}
    for declaration in parse(Source("spec.synth", block.text)).file.declarations:
        if not any(declaration.span.start <= start < declaration.span.end for start in idle):
            yield declaration
