"""The diff finds exactly what differs, whatever the tables look like, and reads nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.diff import RowChange, diff
from runtime.diff.model import TableDiff
from runtime.diff.reading import ShardReader
from runtime.tables.canonical import canonical_json
from runtime.tables.keys import print_key
from runtime.tables.schema import FLOAT, INT, JSON, STR, Type, list_of, optional, record_of
from tests.diff.builder import Builder, Version

TYPES: Mapping[str, Type] = {
    "text": STR,
    "maybe": optional(STR),
    "count": INT,
    "share": FLOAT,
    "tags": list_of(STR),
    "turns": list_of(record_of({"role": STR, "content": STR})),
    "extra": optional(JSON),
}
WORDS = st.sampled_from(["", "a", "loop stops", "é\n世", "'quoted\"", "[-x-]"])
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | WORDS, lambda inner: st.lists(inner, max_size=2), max_leaves=3
)
ROWS = st.fixed_dictionaries(
    {
        "text": WORDS,
        "maybe": st.none() | WORDS,
        "count": st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2),
        "share": st.sampled_from([0.0, 0.5, -1.5, float("inf")]),
        "tags": st.lists(WORDS, max_size=2),
        "turns": st.lists(st.fixed_dictionaries({"role": WORDS, "content": WORDS}), max_size=2),
        "extra": JSONS,
    }
)
KEYS = st.tuples(st.sampled_from(["a", "b/c", "", "z"]), st.integers(0, 12))
TABLES = st.dictionaries(KEYS, ROWS, max_size=25)
EDITS = st.dictionaries(KEYS, st.none() | ROWS, max_size=8)
Table = dict[tuple[Any, ...], dict[str, Any]]


def naive(before: Table, after: Table) -> dict[str, tuple[str, Any, Any]]:
    """By printed key: what happened to the row, and the row on either side."""
    found = {}
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if canonical_json(old) != canonical_json(new):
            state = "added" if old is None else "removed" if new is None else "changed"
            found[print_key(key)] = (state, old, new)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, EDITS)
def test_a_diff_of_any_two_versions_is_what_comparing_every_row_gives(before: Table, edits: Table) -> None:
    check_against_naive(before, edits)


@pytest.mark.soak
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, EDITS)
def test_a_diff_of_very_many_versions_is_what_comparing_every_row_gives(before: Table, edits: Table) -> None:
    check_against_naive(before, edits)


def check_against_naive(before: Table, edits: Table) -> None:
    """Counts, rows and cells; and the old version with the diff put on top is the new one."""
    merged = {**before, **edits}
    after = {key: row for key, row in merged.items() if row is not None}
    with TemporaryDirectory() as folder:
        builder = Builder(Path(folder), cut_rows=4)
        key = ("page", "take")
        a = builder.commit("main", qa=Version(tables={"qa": (TYPES, before)}, key=key, seed=0))
        b = builder.commit("main", qa=Version(tables={"qa": (TYPES, after)}, key=key, seed=1))
        table = diff(builder.store, a, b, "qa").datasets[0].table()
        rows = list(table.rows())
    expected = naive(before, after)
    assert {row.key: (row.state, row.before, row.after) for row in rows} == expected
    assert applied(before, rows) == {print_key(key): row for key, row in after.items()}
    states = [state for state, _, _ in expected.values()]
    assert (table.counts.added, table.counts.removed) == (states.count("added"), states.count("removed"))
    assert (table.counts.changed, table.counts.after) == (states.count("changed"), len(after))
    assert changed_cells(table) == naive_cells(expected)


def applied(before: Table, rows: list[RowChange]) -> dict[str, Any]:
    """The old version with the diff put on top."""
    table: dict[str, Any] = {print_key(key): row for key, row in before.items()}
    for row in rows:
        if row.after is None:
            del table[row.key]
        else:
            table[row.key] = row.after
    return table


def changed_cells(table: TableDiff) -> dict[str, int]:
    return {column.name: column.changed for column in table.columns}


def naive_cells(expected: Mapping[str, tuple[str, Any, Any]]) -> dict[str, int]:
    pairs = [(old, new) for state, old, new in expected.values() if state == "changed"]
    return {name: sum(canonical_json(old[name]) != canonical_json(new[name]) for old, new in pairs) for name in TYPES}


def test_rows_come_in_key_order() -> None:
    keys = [("b", 10), ("a", 2), ("a", 10), ("a/b", 1)]
    rows: Table = {key: {"count": 1} for key in keys}
    table = diff_of(rows, {}, {"count": INT})
    assert [row.key for row in table] == ["a/2", "a/10", "a%2Fb/1", "b/10"]


def diff_of(before: Table, after: Table, types: Mapping[str, Type]) -> list[RowChange]:
    with TemporaryDirectory() as folder:
        builder = Builder(Path(folder), cut_rows=4)
        a = builder.commit("main", qa=Version(tables={"qa": (types, before)}, key=("x", "y"), seed=0))
        b = builder.commit("main", qa=Version(tables={"qa": (types, after)}, key=("x", "y"), seed=1))
        return list(diff(builder.store, a, b, "qa").rows())


def test_a_diff_of_many_tables_holds_few_files_open(tmp_path: Path) -> None:
    """Each table's files are closed before the next one's are opened."""
    builder = Builder(tmp_path, cut_rows=4)
    types: dict[str, Type] = {"text": STR}
    names = [f"qa/{n}" for n in range(6)]

    def version(word: str, seed: int) -> Version:
        rows = {(str(n),): {"text": f"{word} {n}"} for n in range(120)}
        return Version(tables=dict.fromkeys(names, (types, rows)), seed=seed)

    a = builder.commit("main", qa=version("old", 0))
    b = builder.commit("main", qa=version("new", 1))
    most, before = 0, len(list(Path("/proc/self/fd").iterdir()))
    opened = ShardReader.__init__

    def counted(self: ShardReader, path: str) -> None:
        nonlocal most
        opened(self, path)
        most = max(most, len(list(Path("/proc/self/fd").iterdir())) - before)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ShardReader, "__init__", counted)
        found = diff(builder.store, a, b, "qa").datasets[0]
    shards = max(len(table.source.changes.old.files) for table in found.tables)  # type: ignore[attr-defined]
    assert [table.counts.changed for table in found.tables] == [120] * 6
    assert most <= 2 * shards + 16
    assert len(list(Path("/proc/self/fd").iterdir())) - before <= 16
