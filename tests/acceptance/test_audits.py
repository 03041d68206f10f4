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
