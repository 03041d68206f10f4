"""What stands in an input's braces: checked with its place, known before any row, and part of what a build is."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analysis import analyse
from runtime.engines.deterministic import DeterministicEngine
from runtime.sources import ProjectCatalog
from tests.acceptance.workshop import Workshop
from tests.sources.pdfs import pdf

SPEC = '''
edition 1

param size: int = 5

record Part {
  id: str
  text: str
}

input parts: Part = markdown("docs") { key = id, chunk = size, overlap = 1 }

dataset notes {
  each part from parts
  gen note: str with writer """
    {{ part.text }}
  """
  emit { text = part.text }
}
'''
TEXT = "# One\n\nA b c d e f g.\n\n# Two\n\nH i.\n"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path / "project").write(SPEC)
    (made.root / "docs").mkdir()
    (made.root / "docs" / "a.md").write_text(TEXT)
    return made


@pytest.mark.parametrize(
    ("braces", "codes"),
    [
        ("chunk = 5", []),
        ("chunk = size * 2, overlap = size", []),
        ("chunk = 0", ["E0319"]),
        ("chunk = 5, overlap = -1", ["E0319"]),
        ("chunk = 5, overlap = 5", ["E0615"]),
        ("overlap = 5", ["E0615"]),
        ('chunk = "5"', ["E0301"]),
        ("chunk = 5, chunk = 6", ["E0403"]),
        ("chunks = 5", ["E0320"]),
        ("split = 5", ["E0320"]),
        ("chunk = sizes", ["E0201"]),
    ],
)
def test_every_setting_is_checked(workshop: Workshop, braces: str, codes: list[str]) -> None:
    workshop.edit("chunk = size, overlap = 1", braces)
    found = analyse("spec.synth", ProjectCatalog(workshop.root)).errors
    assert [one.code for one in found] == codes
    assert all(one.span is not None for one in found)


def test_columns_of_chunks_are_known_to_the_check(workshop: Workshop) -> None:
    workshop.edit("  text: str\n}", "  text: str\n  heading: str\n  page: int\n}")
    (found,) = analyse("spec.synth", ProjectCatalog(workshop.root)).errors
    assert (found.code, found.message) == ("E0602", "`parts` has no column `page`")
    workshop.edit("  page: int\n", "")
    assert analyse("spec.synth", ProjectCatalog(workshop.root)).ok


def test_a_build_reads_chunks_and_another_size_makes_other_rows(workshop: Workshop) -> None:
    workshop.build()
    assert [row["text"] for row in workshop.rows("notes")] == ["# One\n\nA b c", "c d e f g.", "# Two\n\nH i."]
    assert workshop.build().commit is None
    workshop.build(params={"size": 50})
    assert [row["text"] for row in workshop.rows("notes")] == ["# One\n\nA b c d e f g.", "# Two\n\nH i."]


def test_what_is_appended_to_a_document_asks_only_for_its_last_chunk(workshop: Workshop) -> None:
    first = DeterministicEngine()
    workshop.build(first)
    (workshop.root / "docs" / "a.md").write_text(f"{TEXT}And more.\n")
    again = DeterministicEngine()
    workshop.build(again)
    assert (first.calls, again.calls) == (3, 1)


def test_a_build_warns_of_documents_without_text(workshop: Workshop) -> None:
    workshop.edit('markdown("docs")', 'pdf("papers")')
    (workshop.root / "papers").mkdir()
    for name, data in (("scan.pdf", pdf("")), ("text.pdf", pdf("One two."))):
        (workshop.root / "papers" / name).write_bytes(data)
    built = workshop.build()
    assert [row["text"] for row in workshop.rows("notes")] == ["One two."]
    (found,) = built.warnings
    assert (found.code, found.notes) == ("W0601", ("papers/scan.pdf",))
