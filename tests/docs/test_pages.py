"""Pages stay true to the tree: paths they name are there, indexes list all there is, chapters stay short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CHAPTERS = sorted((DOCS / "architecture").glob("*.md"))
_PATH = re.compile(r"`((?:dsl|compiler|runtime|tests|specs|docs|benchmarks)/[\w./-]+)`")
_LINK = re.compile(r"\]\(([^)#:]+\.md)")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    named = _PATH.findall(page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda page: page.name)
def test_a_chapter_can_be_read_at_one_sitting(chapter: Path) -> None:
    assert len(chapter.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize(
    ("index", "folder", "pattern"),
    [
        (DOCS / "adr" / "README.md", DOCS / "adr", "[0-9]*.md"),
        (DOCS / "language" / "README.md", DOCS / "language", "[0-9]*.md"),
        (DOCS / "README.md", DOCS / "architecture", "*.md"),
        (DOCS / "README.md", DOCS, "[a-z]*.md"),
    ],
)
def test_an_index_lists_every_page(index: Path, folder: Path, pattern: str) -> None:
    linked = {(index.parent / link).resolve() for link in _LINK.findall(index.read_text(encoding="utf-8"))}
    assert {page.resolve() for page in folder.glob(pattern)} - linked == set()
