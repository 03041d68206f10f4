"""Every spec shown in the documentation is one: it has the errors that it marks, where it marks them, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import render
from tests.docs.specs import Block, blocks, check, found, marked

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
BLOCKS = [(page, block) for page in PAGES for block in blocks(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "block", [block for _, block in BLOCKS], ids=[f"{page.relative_to(DOCS)}:{block.line}" for page, block in BLOCKS]
)
def test_a_spec_on_a_page_has_the_mistakes_it_marks_and_no_other(block: Block) -> None:
    analysis = check(block.text)
    shown = render(analysis.diagnostics, analysis.source)
    assert found(analysis, "E") == marked(block.text, "E"), shown
    assert not marked(block.text, "W") - found(analysis, "W"), shown


def test_every_chapter_of_the_reference_shows_specs() -> None:
    chapters = {page for page in PAGES if page.parent.name == "language"}
    assert chapters and {page.name for page in chapters - {page for page, _ in BLOCKS}} <= {"README.md"}


def test_a_block_that_is_part_of_a_file_stands_where_the_file_has_room() -> None:
    page = "<!-- file\nedition 1\nconst a = 1\n…\nconst z = 3\n-->\n```synth\nconst b = 2\n```\n"
    assert [block.text for block in blocks(page)] == ["edition 1\nconst a = 1\nconst b = 2\nconst z = 3\n"]
