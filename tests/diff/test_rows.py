"""Asking for rows: which come, how many, in what order, and what is read for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from runtime.diff import Diff, View, check_columns, diff, parse_range
from runtime.diff.model import TableDiff
from runtime.diff.reading import ShardReader
from runtime.tables.schema import INT, STR
from tests.acceptance.workshop import Workshop
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


def test_the_number_of_matching_rows_is_told_without_a_page(table: TableDiff) -> None:
    assert table.count() == 32
    assert table.count("changed", columns=("text",)) == 30
    assert table.count("changed", columns=("score",)) == 0
    assert table.count(columns=("score",)) == 2
    assert table.count(where=lambda row: row["score"] == 0) == len(
        list(table.rows(where=lambda row: row["score"] == 0))
    )
    assert (table.count(sample=5), table.count(sample=500)) == (5, 32)


def test_pages_of_a_predicate_are_the_same_before_and_after_all_rows_were_tried(table: TableDiff) -> None:
    def even(row: Mapping[str, Any]) -> bool:
        return bool(row["score"] % 2 == 0)

    first = [row.key for row in table.rows(where=even, offset=4, limit=5)]
    assert table.count(where=even) > 9
    assert [row.key for row in table.rows(where=even, offset=4, limit=5)] == first
    assert len(first) == 5


def test_a_row_knows_the_hashes_of_both_its_versions(table: TableDiff) -> None:
    removed, changed = next(table.rows("removed")), next(table.rows("changed"))
    added = next(table.rows("added"))
    assert removed.hash_after is None and added.hash_before is None
    assert changed.hash_before != changed.hash_after
    assert all(found and len(found) == 32 for found in (removed.hash_before, added.hash_after, changed.hash_after))


def test_any_page_of_many_changes_reads_no_more_than_its_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.diff.changes.KEPT_ROWS", 10)
    builder = Builder(tmp_path, cut_rows=16)
    a = builder.commit("main", qa=version({}))
    b = builder.commit("main", qa=version({n: f"edited {n}" for n in range(400)}, seed=1))
    table = diff(builder.store, a, b).datasets[0].table()
    read: list[str] = []
    opened = ShardReader.read

    def recorded(self: ShardReader, columns: Sequence[str], groups: Sequence[int] | None = None) -> pa.Table:
        read.append(self.path)
        return opened(self, columns, groups)

    monkeypatch.setattr(ShardReader, "read", recorded)
    assert [row.key for row in table.rows(offset=200, limit=3)] == ["200", "201", "202"]
    assert 2 <= len(set(read)) <= 4


FLAGGED = """edition 1
record Page { id: str, text: str }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset notes {
  each page from pages
  flag page.id when words(page.text) > 2
  flag page.text when words(page.text) > 3
  filter words(page.text) < 5
  emit { text = page.text }
}
"""


def test_rows_are_found_by_the_statement_that_marks_them(tmp_path: Path) -> None:
    def pages(**texts: str) -> list[dict[str, str]]:
        return [{"id": name, "text": text} for name, text in texts.items()]

    work = Workshop(tmp_path).write(FLAGGED, pages=pages(a="1", b="1 2 3", c="1 2 3", d="1 2 3 4", e="1 2 3"))
    work.build()
    work.write(FLAGGED, pages=pages(a="2", b="1 2 4", c="1 2 3", d="1 2 3 5", e="1 2 3 4 5"))
    work.build()
    table = diff(work.store, "main~1", "main").datasets[0].table()
    short, long = "flag page.id when words(page.text) > 2", "flag page.text when words(page.text) > 3"
    assert {row.key: row.flags for row in table.rows()} == {"a": (), "b": (short,), "d": (short, long), "e": (short,)}
    assert [row.key for row in table.rows(flag=long)] == ["d"]
    assert [row.key for row in table.rows(flag="")] == ["b", "d", "e"]
    assert [row.key for row in table.rows(reason="filter")] == ["e"]
    assert table.count(flag="WORDS", reason="") == 1
