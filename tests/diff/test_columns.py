"""Per column: how many rows differ, how its values drifted, and what the changed rows have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runtime.diff import DatasetDiff, diff
from runtime.diff.model import Attribution, Drift
from runtime.diff.view import column_notes, percent
from runtime.tables.schema import INT, STR, optional
from tests.diff.builder import Builder, Version

TYPES = {"text": STR, "topic": STR, "score": optional(INT)}


def row(n: int, **edit: Any) -> dict[str, Any]:
    return {"text": f"text {n}", "topic": "refund" if n % 4 == 0 else "other", "score": n} | edit


def compared(folder: Path, before: dict[Any, Any], after: dict[Any, Any]) -> DatasetDiff:
    builder = Builder(folder)
    builder.commit("main", qa=Version(tables={"qa": (TYPES, before)}))
    builder.commit("main", qa=Version(tables={"qa": (TYPES, after)}))
    return diff(builder.store, "main~1", "main", "qa").datasets[0]


def test_shares_nulls_means_and_categories(tmp_path: Path) -> None:
    before = {(n,): row(n) for n in range(20)}
    after = before | {(n,): row(n, topic="other", score=None) for n in (0, 4)}
    columns = {column.name: column for column in compared(tmp_path, before, after).tables[0].columns}
    assert (columns["topic"].changed, columns["topic"].share, columns["text"].changed) == (2, 0.1, 0)
    assert columns["topic"].drift == (Drift("other", 0.75, 0.85), Drift("refund", 0.25, 0.15))
    assert columns["score"].nulls == (0.0, 0.1)
    assert column_notes(columns["score"]) == ("nulls 0% → 10%", "value 9.5 → 10.3")
    assert column_notes(columns["text"]) == ()


def test_what_the_changed_rows_have_in_common_is_told(tmp_path: Path) -> None:
    before = {(n,): row(n) for n in range(40)}
    after = before | {(n,): row(n, text="new") for n in range(0, 40, 4)}
    found = compared(tmp_path, before, after).tables[0].attribution
    assert found == (Attribution("changed", "topic", "refund", 10, 10, 0.25),)


def test_a_value_that_most_rows_have_anyway_explains_nothing(tmp_path: Path) -> None:
    before = {(n,): row(n, topic="other" if n else "refund") for n in range(40)}
    after = before | {(n,): row(n, topic="other", text="new") for n in range(1, 11)}
    assert compared(tmp_path, before, after).tables[0].attribution == ()


def test_a_text_that_never_repeats_is_no_category(tmp_path: Path) -> None:
    before = {(n,): row(n) for n in range(10)}
    after = before | {(n,): row(n, text=f"other {n}") for n in range(10)}
    columns = {column.name: column for column in compared(tmp_path, before, after).tables[0].columns}
    assert columns["text"].drift == ()


def test_percentages_tell_little_from_nothing() -> None:
    assert [percent(share) for share in (0.0, 0.0001, 0.008, 0.5, 0.996, 0.9999, 1.0)] == [
        "0%",
        "<0.1%",
        "0.8%",
        "50%",
        "99.6%",
        ">99.9%",
        "100%",
    ]
