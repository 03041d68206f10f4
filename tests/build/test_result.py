"""The result as audits see it: counts, columns, and which of two values goes by a name."""

from __future__ import annotations

from runtime.build.result import Result
from runtime.program.outcome import Kept


def result(reads: frozenset[str] | None = None) -> Result:
    made = Result("out", reads)
    for n in (1, 2):
        rows = (
            ("out", (), {"n": n * 10, "size": n}),
            ("pairs", (0,), {"chosen": f"a{n}"}),
            ("pairs", (1,), {"chosen": "b"}),
        )
        made.add(("x", n), Kept(rows), {"n": n})
    made.kept, made.attempted = 2, 5
    return made


def test_counts_are_the_builds() -> None:
    assert (result().kept, result().attempted) == (2, 5)


def test_a_name_of_the_row_comes_before_a_column_that_is_called_the_same() -> None:
    assert list(result().column("n")) == [1, 2]
    assert list(result().column("size")) == [1, 2]


def test_a_row_is_told_apart_by_its_key() -> None:
    assert list(result().column("key")) == ["x/1", "x/2"]


def test_each_gives_a_value_for_each_kept_row() -> None:
    assert list(result().each(lambda it: it["n"] + it["size"])) == [2, 4]


def test_another_table_has_rows_of_its_own() -> None:
    assert list(result().column("chosen", table="pairs")) == ["a1", "b", "a2", "b"]
    assert list(result().each(lambda it: it["chosen"].upper(), table="pairs")) == ["A1", "B", "A2", "B"]
    assert list(result().column("n", table="out")) == [1, 2]


def test_only_what_audits_read_is_kept() -> None:
    made = result(frozenset({"size"}))
    assert list(made.column("size")) == [1, 2]
    assert list(made.column("n")) == [None, None]
    assert list(made.column("chosen", table="pairs")) == []


def test_an_unnamed_emit_of_many_rows_is_seen_row_by_row() -> None:
    made = Result("out", many=True)
    made.add(("x",), Kept((("out/a", (0,), {"n": 1}), ("out/b", (1,), {"n": 2}))), {"size": 5})
    made.add(("y",), Kept(()), {})
    assert list(made.column("n", table="out")) == [1, 2]
    assert list(made.each(lambda it: it["n"] * it["size"], table="out")) == [5, 10]
    assert list(made.column("size")) == [5, None]
    assert list(made.each(lambda it: it["size"] is None)) == [False, True]


def test_rows_of_which_nothing_is_read_are_still_counted() -> None:
    made = result(frozenset())
    assert list(made.each(lambda it: it["n"] is None)) == [True, True]
    assert len(made.column("key")) == 2 and made.column("key")[:1] == [None]
