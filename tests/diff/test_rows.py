"""Asking for rows: which come, how many, in what order, and what is read for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.diff import Diff, View, check_columns, diff, parse_range
from runtime.diff.model import TableDiff
from runtime.tables.schema import INT, STR
from tests.diff.builder import Builder, Version
from tests.diff.codes import code_of

TYPES = {"text": STR, "score": INT}


def version(edit: dict[int, str | None], *, rows: int = 400, seed: int = 0) -> Version:
    texts = {n: f"text {n}" for n in range(rows)} | edit
    table = {(n,): {"text": text, "score": n % 5} for n, text in texts.items() if text is not None}
    return Version(tables={"qa": (TYPES, table)}, seed=seed)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Diff:
    """Row 3 gone, row 400 new, rows 10 to 39 edited."""
    builder = Builder(tmp_path_factory.mktemp("rows"), cut_rows=16)
    a = builder.commit("main", qa=version({}))
    b = builder.commit("main", qa=version({3: None, 400: "new"} | {n: f"edited {n}" for n in range(10, 40)}, seed=1))
    return diff(builder.store, a, b)


@pytest.fixture
def table(compared: Diff) -> TableDiff:
    return compared.datasets[0].table()


def test_only_one_state(table: TableDiff) -> None:
    assert [row.key for row in table.rows("added")] == ["400"]
    assert [row.key for row in table.rows("removed")] == ["3"]
    assert [row.key for row in table.rows("changed")] == [str(n) for n in range(10, 40)]


def test_pages_do_not_overlap_and_leave_nothing_out(table: TableDiff) -> None:
    pages = [[row.key for row in table.rows(offset=start, limit=7)] for start in range(0, 40, 7)]
    assert [key for page in pages for key in page] == ["3", *(str(n) for n in range(10, 40)), "400"]


def test_a_predicate_sees_both_versions_and_the_key(table: TableDiff) -> None:
    assert [row.key for row in table.rows(where=lambda row: row["text"] == "text 12")] == ["12"]
    assert [row.key for row in table.rows(where=lambda row: row["text"] == "edited 12")] == ["12"]
    assert [row.key for row in table.rows(where=lambda row: row["key"] == "400")] == ["400"]


def test_columns_leave_out_rows_that_differ_elsewhere(table: TableDiff) -> None:
    assert [row.key for row in table.rows("changed", columns=("score",))] == []
    (cell,) = next(table.rows("changed", columns=("text",))).cells
    assert (cell.before, cell.after) == ("text 10", "edited 10")


def test_a_sample_is_the_same_every_time_and_in_key_order(table: TableDiff) -> None:
    first = [int(row.key) for row in table.rows("changed", sample=5)]
    assert first == [int(row.key) for row in table.rows("changed", sample=5)]
    assert len(first) == 5
    assert first == sorted(first)
    assert first != list(range(10, 15))


def test_a_sample_of_a_predicate_is_drawn_from_the_rows_that_satisfy_it(table: TableDiff) -> None:
    rows = list(table.rows(where=lambda row: row["score"] == 0, sample=3))
    assert len(rows) == 3
    assert all((row.after or row.before or {})["score"] == 0 for row in rows)


def test_only_shards_that_differ_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = Builder(tmp_path, cut_rows=16)
    a = builder.commit("main", qa=version({}))
    b = builder.commit("main", qa=version({200: "edited"}, seed=1))
    opened = record_opened(builder, monkeypatch)
    (row,) = diff(builder.store, a, b).rows()
    assert row.key == "200"
    assert len(set(opened)) == 2


def test_versions_with_the_same_data_open_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = Builder(tmp_path, cut_rows=16)
    a = builder.commit("main", qa=version({}))
    b = builder.commit("main", qa=version({}, seed=1))
    opened = record_opened(builder, monkeypatch)
    found = diff(builder.store, a, b)
    assert found.datasets[0].table().counts.same == 400
    assert [cause.kind for cause in found.datasets[0].causes] == ["seed"]
    assert list(found.rows()) == []
    assert opened == []


def record_opened(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are asked of the store from here on."""
    opened: list[str] = []
    local = builder.store.local

    def recorded(commit: str, path: str) -> Path:
        opened.append(path)
        return local(commit, path)

    monkeypatch.setattr(builder.store, "local", recorded)
    return opened


def test_more_changes_than_are_kept_in_memory_page_alike(table: TableDiff, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [(row.key, row.before, row.after) for row in table.rows()]
    monkeypatch.setattr("runtime.diff.changes.KEPT_ROWS", 4)
    monkeypatch.setattr("runtime.diff.changes.BLOCK", 3)
    monkeypatch.setattr("runtime.diff.rows.PAGE", 5)
    source = table.source
    again = diff(source.changes.before.store, *commits(table))  # type: ignore[attr-defined]
    assert [(row.key, row.before, row.after) for row in again.rows()] == expected
    assert again.datasets[0].table().columns == table.columns


def commits(table: TableDiff) -> Iterator[str]:
    changes = table.source.changes  # type: ignore[attr-defined]
    yield from (changes.before.commit, changes.after.commit)


def test_an_unknown_dataset_is_named_with_the_known_ones(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    builder.commit("main", qa=version({}, rows=2))
    found = code_of(lambda: diff(builder.store, None, "main", "qaa"), "E1031")
    assert found.help == "did you mean `qa`?"
    assert found.notes == ("datasets: qa",)


def test_an_unknown_column_is_told_before_no_row_is_shown(compared: Diff) -> None:
    assert code_of(lambda: check_columns(compared, View(columns=("txt",))), "E1035").help == "did you mean `text`?"
    check_columns(compared, View(columns=("text",)))


def test_a_dataset_that_only_one_side_has_is_added_or_removed_whole(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    builder.commit("main", qa=version({}, rows=3))
    builder.commit("main", qa=None, other=version({}, rows=2))
    found = diff(builder.store, "main~1", "main")
    assert [(d.name, d.state, d.tables[0].counts.added, d.tables[0].counts.removed) for d in found.datasets] == [
        ("other", "added", 2, 0),
        ("qa", "removed", 0, 3),
    ]
    whole = diff(builder.store, None, "main~1")
    assert [row.key for row in whole.rows("added")] == ["0", "1", "2"]


def test_a_range_is_read_as_git_reads_it(tmp_path: Path) -> None:
    builder = Builder(tmp_path)
    first = builder.commit("main", qa=version({}, rows=2))
    assert parse_range(builder.store, "", "main") == (None, "main")
    builder.store.create_branch("tone", first)
    builder.commit("main", qa=version({1: "b"}, rows=2))
    builder.commit("tone", qa=version({1: "c"}, rows=2))
    assert parse_range(builder.store, "", "main") == ("main~1", "main")
    assert parse_range(builder.store, "tone", "main") == ("tone", "main")
    assert parse_range(builder.store, "tone..", "main") == ("tone", "main")
    assert parse_range(builder.store, "..tone", "main") == ("main", "tone")
    assert parse_range(builder.store, "main...tone", "main") == (first, "tone")
