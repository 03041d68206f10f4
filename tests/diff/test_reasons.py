"""Why rows are missing or new: which filter dropped them, or that nothing has their key."""

from __future__ import annotations

from pathlib import Path

from runtime.diff import DatasetDiff, diff
from runtime.diff.model import Fate, ReasonChange
from runtime.tables.schema import STR
from tests.diff.builder import Builder, Version, step

TYPES = {"text": STR}
A, B, C, D, E = ((name,) for name in "abcde")


def rows(*keys: tuple[object, ...]) -> dict[tuple[object, ...], dict[str, str]]:
    return {key: {"text": "x"} for key in keys}


def compared(folder: Path, before: Version, after: Version) -> DatasetDiff:
    builder = Builder(folder)
    builder.commit("main", qa=before)
    builder.commit("main", qa=after)
    return diff(builder.store, "main~1", "main", "qa").datasets[0]


def test_rows_that_went_and_came_are_joined_with_what_dropped_them(tmp_path: Path) -> None:
    steps = (step("filter 1", "filter calm(text)"),)
    before = Version(tables={"qa": (TYPES, rows(A, B, C))}, rejected={D: "filter 1"}, steps=steps)
    after = Version(tables={"qa": (TYPES, rows(A, D, E))}, rejected={B: "filter 1"}, steps=steps)
    found = compared(tmp_path, before, after)
    assert found.reasons == (ReasonChange("filter calm(text)", 1, 1, 1, 1, ("b", "d")),)
    assert found.fate == Fate(went=1, came=1)


def test_a_filter_keeps_its_name_when_another_is_put_before_it(tmp_path: Path) -> None:
    old = (step("filter 1", "filter calm(text)"),)
    new = (step("filter 1", "filter short(text)"), step("filter 2", "filter calm(text)"))
    before = Version(tables={"qa": (TYPES, rows(A))}, rejected={B: "filter 1"}, steps=old)
    after = Version(tables={"qa": (TYPES, {})}, rejected={B: "filter 2", A: "filter 1"}, steps=new)
    (reason,) = compared(tmp_path, before, after).reasons
    assert (reason.reason, reason.before, reason.after, reason.went) == ("filter short(text)", 0, 1, 1)


def test_a_row_that_moved_to_another_table_neither_went_nor_came(tmp_path: Path) -> None:
    before = Version(tables={"calm": (TYPES, rows(A)), "loud": (TYPES, rows(B))})
    after = Version(tables={"calm": (TYPES, rows(A, B)), "loud": (TYPES, {})})
    found = compared(tmp_path, before, after)
    assert found.fate == Fate()
    assert [table.counts.added for table in found.tables] == [1, 0]


def test_rows_of_one_candidate_count_once(tmp_path: Path) -> None:
    before = Version(tables={"qa": (TYPES, rows(("a", 0), ("a", 1), ("b", 0)))})
    after = Version(tables={"qa": (TYPES, rows(("b", 0)))}, rejected={A: "filter 1"})
    (reason,) = compared(tmp_path, before, after).reasons
    assert (reason.went, reason.examples) == (1, ("a",))
