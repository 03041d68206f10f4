"""Audits of a whole build: which names of the row they may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from tests.acceptance.workshop import Workshop

SPEC = """edition 1
record Page {{ id: str, size: int }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
dataset qa {{
  each page from pages
  each turn in 1..2
  let double = page.size * 2
  {select}
  emit {{ id = page.id }}
  audit mean(page.size) < {most}
  audit mean(turn) < 2 and max(double) == 10
}}
"""
PAGES = [{"id": "a", "size": 3}, {"id": "b", "size": 5}]


@pytest.mark.parametrize("select", ["", "select 4 by double"])
def test_an_audit_reads_axes_and_their_fields(tmp_path: Path, select: str) -> None:
    work = Workshop(tmp_path).write(SPEC.format(select=select, most=5), pages=PAGES)
    assert all(gate.held for gate in work.made().gates)


def test_an_audit_of_an_axis_that_does_not_hold_fails_the_build(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(SPEC.format(select="", most=4), pages=PAGES)
    with pytest.raises(SynthError, match=r"^E0901: audit failed: mean\(page.size\) < 4"):
        work.made()
    assert work.head is None


MEASURED = """edition 1
record Page { id: str, size: int }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset qa {
  each page from pages
  emit { id = page.id, words = "one two" }
  audit AUDIT
}
"""


@pytest.mark.parametrize(
    ("audit", "says"),
    [
        ("mean(page.size) < 4", "`mean(page.size)` is 4"),
        ("share(page.size > 3) in 60%..80%", "`share(page.size > 3)` is 0.5"),
        ("mean(page.size) > 3 and max(page.size) < 5", "`mean(page.size)` is 4, `max(page.size)` is 5"),
        ("mean(page.size) > 4 and max(page.size) < 5", "`mean(page.size)` is 4"),
        ("mean(distinct(words)) < 0.5", "`mean(distinct(words))` is 1"),
        ("distinct(words) > 0.9", "`distinct(words)` is 0.5"),
        ("unique(words)", "`unique(words)` is false"),
        ("kept > 5", None),
        ("(if kept > 1 then mean(page.size) else max(page.size)) > 9", None),
    ],
)
def test_an_audit_that_fails_says_what_it_measured(tmp_path: Path, audit: str, says: str | None) -> None:
    work = Workshop(tmp_path).write(MEASURED.replace("AUDIT", audit), pages=PAGES)
    with pytest.raises(SynthError) as caught:
        work.made()
    notes = caught.value.diagnostics[0].notes
    assert notes[:-1] == (*((says,) if says else ()), "2 kept of 2 attempted")
