"""Rows marked for a person are found in the version that marks them."""

from __future__ import annotations

from pathlib import Path

from runtime.stories.flags import Flagged, flagged
from tests.acceptance.command import start
from tests.acceptance.workshop import Workshop

SPEC = """edition 1
dataset notes {
  each take in 1..5
  let size = take * 10
  flag take when size > 30
  flag size when take == 5
  filter take != 4
  emit { size = size }
}
"""


def test_marked_rows_are_listed_with_the_statement_that_marked_them(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SPEC)
    commit = work.build().commit
    assert commit is not None
    found = flagged(work.store, commit.id)
    assert found == [
        Flagged("notes", "5", "flag take when size > 30"),
        Flagged("notes", "5", "flag size when take == 5"),
    ]
    shown = start(tmp_path, "show", "--flagged")
    assert shown.wait() == 0
    assert shown.out.splitlines() == ["notes 5  flag take when size > 30", "notes 5  flag size when take == 5"]
