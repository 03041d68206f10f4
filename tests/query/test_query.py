"""SQL and frames over committed datasets: every table at every ref, and nothing else on the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import Diagnostic
from runtime.query import load, query
from runtime.store.port import Store
from runtime.tables.schema import INT, JSON, STR, list_of, optional
from tests.diff.builder import Builder, Version
from tests.diff.codes import code_of

TYPES = {"topic": STR, "score": INT, "extra": optional(JSON), "tags": list_of(STR)}


def row(n: int) -> dict[str, Any]:
    return {"topic": "loops" if n % 2 else "names", "score": n, "extra": {"n": n}, "tags": ["a"] * n}


def rows(count: int) -> dict[Any, Any]:
    return {(n,): row(n) for n in range(count)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """`qa` with 5 rows, then 8 and two rejected ones; `pairs` with two named tables; `none` without rows."""
    builder = Builder(tmp_path_factory.mktemp("query"), cut_rows=3)
    builder.commit("main", qa=Version(tables={"qa": (TYPES, rows(5))}))
    builder.commit(
        "main",
        qa=Version(tables={"qa": (TYPES, rows(8))}, rejected={(10,): "filter 1", (11,): "gen answer"}),
        pairs=Version(tables={"chosen": (TYPES, rows(2)), "left": (TYPES, rows(3))}),
        none=Version(tables={"none": (TYPES, {})}),
    )
    return builder.store


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select count(*) from qa", [(8,)]),
        ("select count(*) from qa@main~1", [(5,)]),
        ("select count(*) from qa@main~1 a join qa@main b using (key)", [(5,)]),
        ("select key, statement from qa.rejected order by all", [("10", "filter 1"), ("11", "gen answer")]),
        ('select count(*) from "qa@main".rejected', [(2,)]),
        ("select (select count(*) from pairs.chosen), (select count(*) from pairs.left)", [(2, 3)]),
        ("select qa.topic, count(*) from qa group by all order by 1", [("loops", 4), ("names", 4)]),
        ("from none", []),
        ("select 'qa@nowhere' -- qa@nowhere", [("qa@nowhere",)]),
        ("select extra ->> '$.n', len(tags) from qa where score = 3", [("3", 3)]),
        ("with qa as (select 1 as x) select x from qa", [(1,)]),
        ("show tables", [("none",), ("qa",)]),
    ],
)
def test_every_table_at_every_ref(store: Store, sql: str, expected: list[tuple[Any, ...]]) -> None:
    assert query(store, sql).rows() == expected


def test_a_query_sees_the_key_and_the_dataset_s_own_columns(store: Store) -> None:
    assert query(store, "from qa").columns == ("key", "topic", "score", "extra", "tags")
    assert query(store, "describe none").rows()[1][:2] == ("topic", "VARCHAR")


def test_two_columns_of_one_name_both_come_out(store: Store) -> None:
    result = query(store, "select 1 as x, 2 as x")
    assert (result.columns, result.rows()) == (("x", "x"), [(1, 2)])


@pytest.mark.parametrize(
    ("sql", "code", "said"),
    [
        ("select * from qb@main", "E1031", "there is no dataset `qb` here"),
        ("select topc from qa", "E1033", 'Referenced column "topc" not found'),
        ("selct", "E1033", 'syntax error at or near "selct"'),
        ("from qa.rejectd", "E1033", "qa.rejectd"),
        ("select 1; select 2", "E1034", "this is several statements"),
        ("", "E1034", "this is nothing"),
        ("delete from qa", "E1034", "a statement that is no query"),
        ("set memory_limit = '1GB'", "E1034", "a statement that is no query"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(store: Store, sql: str, code: str, said: str) -> None:
    assert said in mistake(lambda: query(store, sql), code).message


def mistake(action: Callable[[], object], code: str) -> Diagnostic:
    found = code_of(action, code)
    assert "\n" not in found.message
    assert not any("LINE" in note or "pg_" in note for note in found.notes)
    return found


@pytest.mark.parametrize("name", ["out", "tables", "sqlite_maste", "duckdb_typ", "columns_"])
def test_a_table_that_is_none_is_never_taken_for_one_of_duckdb_s_own(store: Store, name: str) -> None:
    told = mistake(lambda: query(store, f"from {name}"), "E1033")
    assert not any("Did you mean" in note for note in told.notes)


def test_a_misspelt_table_is_answered_with_those_there_are(store: Store) -> None:
    assert "datasets it can read: qa, qa.rejected" in mistake(lambda: query(store, "from qa.rejectd"), "E1033").notes


def test_nothing_but_datasets_can_be_read_or_written(store: Store, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for sql in (f"from '{secret}'", f"from read_csv('{secret}')", f"from glob('{tmp_path}/*')", "from secret_frame"):
        mistake(lambda sql=sql: query(store, sql), "E1033")  # type: ignore[misc]
    for sql in (f"copy (select 1) to '{secret}'", f"attach '{tmp_path / 'x.db'}'", "install httpfs"):
        mistake(lambda sql=sql: query(store, sql), "E1034")  # type: ignore[misc]
    assert secret.read_text() == "a\n1\n"


def test_a_project_without_commits_has_no_datasets(tmp_path: Path) -> None:
    store = Builder(tmp_path).store
    assert query(store, "show tables").rows() == []
    assert mistake(lambda: query(store, "from qa"), "E1033").notes == ("there is no dataset on this branch",)


def test_frames_hold_the_rows_of_a_ref(store: Store) -> None:
    frame = load(store, "qa@main~1")
    assert frame.columns == ["key", "topic", "score", "extra", "tags"]
    assert frame["score"].to_list() == [0, 1, 2, 3, 4]
    assert load(store, "qa.rejected")["statement"].to_list() == ["filter 1", "gen answer"]
    assert load(store, "none").shape == (0, 5)
    assert load(store, "qa", lazy=True).select("score").collect().height == 8


def test_a_frame_of_nothing_says_what_there_is(store: Store) -> None:
    assert code_of(lambda: load(store, "qaa"), "E1031").help == "did you mean `qa`?"
    assert code_of(lambda: load(store, "pairs"), "E1032").notes == ("tables: pairs.chosen, pairs.left, pairs.rejected",)
    assert code_of(lambda: load(store, "pairs.chosn"), "E1032").help == "did you mean `chosen`?"


def test_a_dataset_called_like_what_it_has_beside_its_rows_has_both(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    builder.commit("main", rejected=Version(tables={"rejected": (TYPES, rows(3))}, rejected={(5,): "filter 1"}))
    assert query(builder.store, "select count(*), max(score) from rejected").rows() == [(3, 2)]
    assert query(builder.store, "select key, statement from rejected.rejected").rows() == [("5", "filter 1")]
