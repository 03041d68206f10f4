"""What holds of every merge, whatever the rows: held against a merge of plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runtime.tables.cutting
from runtime.merge import Merged, commit_merge, merge
from runtime.merge.merging import three_way
from runtime.merge.sides import Commits
from runtime.store.port import CommitId
from runtime.tables.keys import Key
from runtime.tables.writer import TableWriter
from tests.merge.sides import COLUMNS, Row, Rows, Sides, manifest, parted, row, rows_at, table, version

Plain = dict[Key, Row]
NUMBERS = range(14)
KEYS = [(f"k{number}",) for number in NUMBERS]
BASE: Plain = {key: row(number) for number, key in zip(NUMBERS, KEYS, strict=True) if number % 4}
CELLS = st.fixed_dictionaries(
    {},
    optional={"question": st.sampled_from("xy"), "answer": st.sampled_from([None, "z"]), "score": st.integers(50, 51)},
)
EDITS = st.dictionaries(st.sampled_from(KEYS), st.none() | CELLS, max_size=6)
FIXTURE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
FEW = settings(max_examples=4, deadline=None, suppress_health_check=FIXTURE)
ONCE = settings(FEW, max_examples=1)
MANY = settings(FEW, max_examples=150)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some three rows each, so that a merge has boundaries to keep."""
    monkeypatch.setattr(runtime.tables.cutting, "CUT_ROWS", 3)


def edited(base: Plain, edits: Mapping[Key, Mapping[str, Any] | None]) -> Plain:
    found = dict(base)
    for key, cells in edits.items():
        if cells is None:
            found.pop(key, None)
        else:
            found[key] = {**found.get(key, row(int(key[0][1:]))), **cells}  # type: ignore[index]
    return found


def naive(base: Plain, ours: Plain, theirs: Plain) -> tuple[Plain, set[tuple[str, str | None]]]:
    """The merged rows (ours where there is a conflict) and the places in conflict."""
    found: Plain = {}
    conflicts: set[tuple[str, str | None]] = set()
    for key in {*ours, *theirs}:
        b, o, t = base.get(key), ours.get(key), theirs.get(key)
        merged, places = _one(b, o, t)
        conflicts |= {(str(key[0]), place) for place in places}
        if merged is not None:
            found[key] = merged
    return found, conflicts


def _one(b: Row | None, o: Row | None, t: Row | None) -> tuple[Row | None, list[str | None]]:
    if o == t or t == b:
        return o, []
    if o == b:
        return t, []
    if b is None or o is None or t is None:
        return o, [None]
    clashes: list[str | None] = [name for name in b if o[name] != b[name] != t[name] and o[name] != t[name]]
    return (o, clashes) if clashes else ({name: t[name] if o[name] == b[name] else o[name] for name in b}, [])


def commit(sides: Sides, found: Merged) -> CommitId:
    return commit_merge(sides.store, "main", found, "Merge").id


@FEW
@given(EDITS, EDITS)
def test_a_merge_is_what_a_merge_of_dictionaries_is_and_its_shards_are_those_of_all_rows_written(
    a: Mapping[Key, Any], b: Mapping[Key, Any]
) -> None:
    like_dictionaries(a, b)


@pytest.mark.soak
@MANY
@given(EDITS, EDITS)
def test_many_merges_are_what_merges_of_dictionaries_are(a: Mapping[Key, Any], b: Mapping[Key, Any]) -> None:
    like_dictionaries(a, b)


def like_dictionaries(a: Mapping[Key, Any], b: Mapping[Key, Any]) -> None:
    ours, theirs = edited(BASE, a), edited(BASE, b)
    expected, conflicts = naive(BASE, ours, theirs)
    with parted(version(BASE)) as sides:
        left, right = sides.branch("ours", version(ours)), sides.branch("theirs", version(theirs))
        found = merge(sides.store, left, right)
        assert {(one.key, one.column) for one in found.conflicts} == conflicts
        preferred = merge(sides.store, left, right, prefer="ours")
        sides.store.create_branch("into", left)
        made = commit_merge(sides.store, "into", preferred, "Merge").id
        result = rows_at(sides.store, made)
        clashing = {key for key, _ in conflicts}
        assert {k: v for k, v in result.items() if k not in clashing} == {
            str(key[0]): value for key, value in expected.items() if str(key[0]) not in clashing
        }
        assert {key for key in result if key in clashing} == {str(k[0]) for k in ours if str(k[0]) in clashing}
        if made != right:
            assert table(sides.store, made) == _whole(sides, result)


def _whole(sides: Sides, result: Mapping[str, Row]) -> object:
    """The table as writing all its rows gives it."""
    schema = table(sides.store, sides.base).schema
    with TableWriter(schema, "whole", sides.store.put) as writer:
        for key, values in result.items():
            writer.add((key,), values)
        return writer.finish()


@FEW
@given(EDITS)
def test_merging_the_base_changes_nothing_and_merging_into_the_base_gives_the_other_side(
    edits: Mapping[Key, Any],
) -> None:
    with parted(version(BASE)) as sides:
        side = sides.branch("side", version(edited(BASE, edits)))
        assert merge(sides.store, side, sides.base).up_to_date
        again = three_way(Commits(sides.store, sides.base, side, sides.base), (), None)
        assert again.changes == {}
        made = commit(sides, merge(sides.store, sides.base, side))
        assert manifest(sides.store, made) == manifest(sides.store, side)


@FEW
@given(EDITS)
def test_equal_changes_of_both_sides_converge(edits: Mapping[Key, Any]) -> None:
    with parted(version(BASE)) as sides:
        same = edited(BASE, edits)
        left = sides.branch("left", version(same))
        right = sides.branch("right", version(same, spec="another"))
        found = three_way(Commits(sides.store, sides.base, left, right), (), None)
        assert found.conflicts == ()
        sides.store.create_branch("into", left)
        made = commit_merge(sides.store, "into", found, "Merge").id
        assert manifest(sides.store, made).root == manifest(sides.store, left).root


@ONCE
@given(st.lists(EDITS, min_size=3, max_size=3))
def test_branches_free_of_conflict_give_one_root_in_whatever_order(edits: list[Mapping[Key, Any]]) -> None:
    one_root(edits, tuple(permutations(range(3)))[:3])


@pytest.mark.soak
@settings(FEW, max_examples=30)
@given(st.lists(EDITS, min_size=3, max_size=3))
def test_many_branches_free_of_conflict_give_one_root(edits: list[Mapping[Key, Any]]) -> None:
    one_root(edits, tuple(permutations(range(3))))


def one_root(edits: list[Mapping[Key, Any]], orders: tuple[tuple[int, ...], ...]) -> None:
    apart = [{key: cells for key, cells in one.items() if _of(key, edits) == place} for place, one in enumerate(edits)]
    with parted(version(BASE)) as sides:
        heads = [sides.branch(f"s{n}", version(edited(BASE, one), spec=f"d{n}")) for n, one in enumerate(apart)]
        roots = set()
        for number, order in enumerate(orders):
            sides.store.create_branch(f"into{number}", sides.base)
            for head in (heads[place] for place in order):
                at = sides.store.resolve(f"into{number}")
                commit_merge(sides.store, f"into{number}", merge(sides.store, at, head), "Merge")
            roots.add(manifest(sides.store, sides.store.resolve(f"into{number}")).root)
        assert len(roots) == 1


def _of(key: Key, edits: list[Mapping[Key, Any]]) -> int:
    """The first that edits a key has it for itself."""
    return next(place for place, one in enumerate(edits) if key in one)


@FEW
@given(EDITS, EDITS)
def test_no_row_is_lost_in_silence(a: Mapping[Key, Any], b: Mapping[Key, Any]) -> None:
    """Every row of either side is in the result, or was removed by the other side that saw it unchanged, or is told."""
    ours, theirs = edited(BASE, a), edited(BASE, b)
    with parted(version(BASE)) as sides:
        left, right = sides.branch("ours", version(ours)), sides.branch("theirs", version(theirs))
        told = {one.key for one in merge(sides.store, left, right).conflicts}
        sides.store.create_branch("into", left)
        made = commit_merge(sides.store, "into", merge(sides.store, left, right, prefer="theirs"), "Merge").id
        result = rows_at(sides.store, made)
        for mine, other in ((ours, theirs), (theirs, ours)):
            for key, values in mine.items():
                name = str(key[0])
                gone = key in BASE and values == BASE[key] and key not in other
                assert name in result or name in told or gone


def test_many_rows_of_many_shards_merge_by_touching_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.tables.cutting, "CUT_ROWS", 64)
    base: Rows = {(f"k{number:05}",): row(number) for number in range(2_000)}
    with parted(version(base)) as sides:
        ours = sides.branch("ours", version({**base, ("k00010",): row(10, answer="ours")}))
        theirs = sides.branch("theirs", version({**base, ("k01500",): row(1500, answer="theirs")}))
        found = merge(sides.store, ours, theirs)
        written = [path for path, change in found.changes.items() if path.endswith(".parquet") and change is not None]
        assert len(written) == 1
        assert set(COLUMNS) == set(table(sides.store, ours).schema.names)
