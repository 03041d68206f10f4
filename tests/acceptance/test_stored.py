"""`dataset("name@ref")` as an input: versions, tables and refs of this project's store, checked like any file."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.build.session import Session
from runtime.config.project import Project
from tests.acceptance.specs import pages
from tests.acceptance.workshop import Workshop

MADE = '''edition 1
record Page {
  id: str
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset notes {
  each page from pages
  each take in 1..2
  gen note: str with writer { max_tokens = 40 } """
    Note {{ take }} on {{ page.text }}
  """
  emit { note = note, tags = ["a", page.id], more = { id: page.id, take: take } }
  emit as lines { line = page.text }
}
'''

READ = """edition 1
record Note {
  note: str where len(note) > 0
  tags: str[]
}
record Line {
  line: str
}
input old: Note = dataset("notes@REF")
input lines: Line = dataset("notes/lines")
dataset again {
  each row from old
  draw line ~ lines
  emit { note = row.note, tags = row.tags, line = line.line }
}
"""


def project(folder: Path) -> Workshop:
    work = Workshop(folder).write(MADE, pages=pages(2))
    work.build()
    work.store.tag("v1.0", work.head or "")
    work.write(MADE, pages=pages(3))
    work.build()
    return work


def errors(work: Workshop, spec: str) -> list[str]:
    work.write(spec)
    project = Project.find(work.root)
    with Session(project, project.config.profile()) as session:
        return [found.code for found in work.analysis(session, {}).errors]


@pytest.mark.parametrize(("ref", "rows"), [("@v1.0", 4), ("@main~1", 4), ("@main", 6), ("", 6)])
def test_rows_of_any_version_with_their_keys(tmp_path: Path, ref: str, rows: int) -> None:
    work = project(tmp_path)
    read = work.at("notes", ref[1:] or "main").manifest.tables["notes"]
    work.write(READ.replace("@REF", ref)).build()
    found = work.rows("again")
    assert len(found) == rows and found[0]["key"] == "page0000/1" and found[0]["tags"] == ["a", "page0000"]
    assert found[0]["line"].startswith("The text of page")
    digests = work.at("again").manifest.inputs
    assert digests["lines"].rows == 6 and digests["lines"].commit is not None
    assert digests["old"].digest == read.root


def test_the_rows_and_not_the_commit_decide_what_is_built_again(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.write(READ.replace("@REF", "")).build()
    assert work.build().commit is None
    work.write(MADE).build()
    spec = READ.replace("@REF", "")
    assert [one.how for one in work.write(spec).build().datasets] == ["unchanged"]
    work.write(MADE, pages=pages(4)).build()
    assert [one.how for one in work.write(spec).build().datasets] == ["ran"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("notes@REF", "nots", "E1031"),
        ("notes@REF", "notes@nowhere", "E1001"),
        ("notes@REF", "notes@main~9", "E1005"),
        ("notes/lines", "notes/line", "E1032"),
        ("tags: str[]", "tag: str", "E0602"),
        ("tags: str[]", "tags: int", "E0603"),
    ],
)
def test_mistakes_are_told_by_a_check(tmp_path: Path, old: str, new: str, code: str) -> None:
    work = project(tmp_path)
    spec = READ.replace(old, new).replace("@REF", "")
    assert code in errors(work, spec)


def test_a_project_that_was_never_built_has_no_dataset_and_gets_no_store(tmp_path: Path) -> None:
    work = Workshop(tmp_path)
    assert errors(work, READ.replace("@REF", "")) == ["E1031", "E1031"]
    assert not (work.state / "store.git").exists()


def test_a_row_that_breaks_the_record_is_rejected(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.write(READ.replace("@REF", "").replace("len(note) > 0", 'not starts_with(note, "zzz")')).build()
    assert work.rows("again", "rejected") == []
    work.write(READ.replace("@REF", "").replace("len(note) > 0", "len(note) > 1000")).build()
    assert [row["reason"] for row in work.rows("again", "rejected")] == ["note: len(note) > 1000"] * 6
