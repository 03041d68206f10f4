"""Rows in, shards out: deterministic, cut by content, used again, and within memory."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.diagnostics import SynthError
from runtime.store.port import BLOB_LIMIT
from runtime.tables import shards as shards_module
from runtime.tables.keys import Key, print_key
from runtime.tables.layout import shard_path
from runtime.tables.manifest import TableManifest
from runtime.tables.schema import BOOL, FLOAT, INT, JSON, STR, Type, list_of, optional, record_of, schema
from runtime.tables.writer import TableWriter, shard_paths, table_changes
from tests.tables.memory_store import FOLDER, SCHEMA, MemoryStore

TEXTS = st.text(st.characters(codec="utf-8"), max_size=4)
TABLES = st.dictionaries(
    st.tuples(TEXTS, st.integers(-(2**63), 2**63 - 1)),
    st.fixed_dictionaries({"text": TEXTS, "n": st.integers(-(2**63), 2**63 - 1)}),
    max_size=60,
)


def rows_of(count: int) -> dict[Key, dict[str, Any]]:
    return {(f"page {n}", n % 3): {"text": f"text {n}", "n": n} for n in range(count)}


@given(TABLES, st.randoms(use_true_random=False), st.sampled_from([1, 1_000, 1 << 20]))
def test_order_batches_and_spilling_change_no_byte(rows: dict[Key, Any], rng: random.Random, run_bytes: int) -> None:
    plain, shuffled, arrow = MemoryStore(), MemoryStore(), MemoryStore()
    expected = plain.write(rows)
    items = list(rows.items())
    rng.shuffle(items)
    assert shuffled.write(dict(items), run_bytes=run_bytes) == expected
    with TableWriter(SCHEMA, FOLDER, arrow.put, cut_rows=4, run_bytes=run_bytes) as writer:
        for start in range(0, len(items), 7):
            part = items[start : start + 7]
            columns = {"page": [key[0] for key, _ in part], "take": [key[1] for key, _ in part]}
            values = {name: [row[name] for _, row in part] for name in ("n", "text")}
            types = {"page": pa.string(), "take": pa.int64(), "n": pa.int64(), "text": pa.large_string()}
            table = pa.table({name: pa.array(found, types[name]) for name, found in (columns | values).items()})
            writer.add_batch(["page", "take"], table)
        assert writer.finish() == expected
    assert sorted(plain.objects.values()) == sorted(shuffled.objects.values()) == sorted(arrow.objects.values())


def runs(table: TableManifest) -> list[tuple[str, ...]]:
    """The content-cut runs of a table, each as the digests of its parts."""
    found: list[tuple[str, ...]] = []
    for shard in table.shards:
        found = [*found, (shard.logical,)] if shard.part == 0 else [*found[:-1], (*found[-1], shard.logical)]
    return found


@given(TABLES.filter(bool), st.data(), st.sampled_from([40, 1 << 20]))
def test_one_edit_changes_one_run_or_splits_it(rows: dict[Key, Any], data: st.DataObject, part_bytes: int) -> None:
    key = data.draw(st.sampled_from(sorted(rows)))
    edited = rows | {key: {"text": rows[key]["text"] + "!", "n": 0}}
    without = {other: row for other, row in rows.items() if other != key}
    before, after, less = (
        set(runs(MemoryStore().write(found, part_bytes=part_bytes))) for found in (rows, edited, without)
    )
    assert len(before - after) == len(after - before) == 1
    assert len(before - less) <= 2 and len(less - before) <= 1


def test_what_stays_the_same_is_not_written_again() -> None:
    store = MemoryStore()
    rows = rows_of(500)
    first = store.write(rows, cut_rows=32)
    with TableWriter(SCHEMA, FOLDER, store.put, first, cut_rows=32) as writer:
        for key, row in (rows | {("page 7", 1): {"text": "new", "n": 7}}).items():
            writer.add(key, row)
        second = writer.finish()
    assert len(first.shards) > 8 and len(writer.written) == 1
    changes = table_changes(FOLDER, first, second, writer.written)
    assert sorted(id_ is None for id_ in changes.values()) == [False, True]
    assert set(changes) == set(shard_paths(FOLDER, first)) ^ set(shard_paths(FOLDER, second))
    assert first.root != second.root


def test_another_parquet_library_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows keep the bytes they were first written with."""
    first = MemoryStore().write(rows_of(100))
    monkeypatch.setattr(shards_module, "parquet_bytes", lambda rows, schema: b"written by a newer library")
    store = MemoryStore()
    assert store.write(rows_of(100), previous=first) == first
    assert store.objects == {}
    assert store.write(rows_of(100)).root == first.root


def test_a_table_that_goes_takes_its_shards_along() -> None:
    table = MemoryStore().write(rows_of(20))
    gone = table_changes(FOLDER, table, None, {})
    assert gone == dict.fromkeys(shard_paths(FOLDER, table))


def test_an_empty_table_has_a_manifest() -> None:
    table = MemoryStore().write({})
    assert (table.rows, table.shards) == (0, ())
    assert table.root != MemoryStore().write({}, of=schema({"text": STR})).root


def test_shards_are_about_as_long_as_asked() -> None:
    table = MemoryStore().write({(n,): {"text": "", "n": n} for n in range(20_000)}, cut_rows=256)
    assert 128 < table.rows / len(table.shards) < 512
    assert {shard.part for shard in table.shards} == {0}


NESTED = schema(
    {
        "text": STR,
        "maybe": optional(STR),
        "score": optional(FLOAT),
        "ok": BOOL,
        "tags": list_of(STR),
        "messages": list_of(record_of({"role": STR, "content": STR, "p": optional(FLOAT)})),
        "any": optional(JSON),
    }
)


class Generated(str):
    """As text from a model: a `str` with more to it."""

    logprob = -0.5


def nested_row(n: int) -> dict[str, Any]:
    return {
        "text": Generated(f"ünïcode \0 {n}"),
        "maybe": None if n % 2 else "yes",
        "score": None if n % 3 else n / 7,
        "ok": n % 2 == 0,
        "tags": [f"t{i}" for i in range(n % 4)],
        "messages": [{"role": "user", "content": f"c{n}", "p": 0.5}, {"role": "assistant", "content": ""}],
        "any": {"b": [1, None], "a": n} if n % 2 else None,
    }


def test_nested_values_come_back_from_every_reader(tmp_path: Path) -> None:
    store = MemoryStore()
    rows = {(f"k{n}", n): nested_row(n) for n in range(50)}
    table = store.write(rows, of=NESTED)
    read = store.read(table, tmp_path)
    assert read.column_names == ["_key", "key", "_hash", *NESTED.names]
    by_key = {row["key"]: row for row in read.to_pylist()}
    for key, row in rows.items():
        found = by_key[print_key(key)]
        assert found["any"] == (None if row["any"] is None else f'{{"a":{row["any"]["a"]},"b":[1,null]}}')
        assert found["messages"] == [{"p": None} | message for message in row["messages"]]
        assert {name: found[name] for name in ("text", "maybe", "score", "ok", "tags")} == {
            name: row[name] for name in ("text", "maybe", "score", "ok", "tags")
        }
    files = [str(tmp_path / f"{shard.sha256}.parquet") for shard in table.shards]
    assert duckdb.read_parquet(files).select("key").fetchall() == [(row,) for row in read["key"].to_pylist()]
    assert pl.read_parquet(files)["messages"].to_list() == read["messages"].to_pylist()


def test_rows_stand_in_key_order_and_shards_know_their_ends(tmp_path: Path) -> None:
    store = MemoryStore()
    table = store.write({(f"k{n}", n): {"text": "", "n": n} for n in range(300)}, cut_rows=16)
    keys = store.read(table, tmp_path)["_key"].to_pylist()
    assert keys == sorted(keys) and len(keys) == 300
    assert [shard.first for shard in table.shards] == sorted(shard.first for shard in table.shards)
    assert all(shard.first <= shard.last for shard in table.shards)
    assert {shard.size for shard in table.shards} == {
        len(store.paths[shard_path(FOLDER, shard.sha256)]) for shard in table.shards
    }


def test_a_run_that_is_too_large_is_written_as_parts(tmp_path: Path) -> None:
    noise = random.Random(1)
    rows = {(n,): {"text": noise.randbytes(150_000).hex(), "n": n} for n in range(40)}
    store = MemoryStore()
    table = store.write(rows, cut_rows=1_000_000)
    assert [shard.part for shard in table.shards] == list(range(len(table.shards))) and len(table.shards) > 3
    assert max(shard.size for shard in table.shards) <= BLOB_LIMIT
    assert store.read(table, tmp_path)["n"].to_pylist() == list(range(40))


def failing(code: str, rows: dict[Key, dict[str, Any]], **more: Any) -> SynthError:
    with pytest.raises(SynthError, match=f"^{code}:") as caught:
        MemoryStore().write(rows, **more)
    return caught.value


def test_a_row_too_large_for_any_object_is_named() -> None:
    text = random.Random(2).randbytes(5_000_000).hex()
    assert "`a/1`" in failing("E1008", {("a", 1): {"text": text, "n": 1}}).diagnostics[0].message


@pytest.mark.parametrize(
    "row",
    [
        {"text": "x", "n": 2**63},
        {"text": "x", "n": "3"},
        {"text": "x", "n": 0.5},
        {"text": "x"},
        {"text": "\ud800", "n": 1},
    ],
)
def test_a_value_that_does_not_fit_names_row_and_column(row: dict[str, Any]) -> None:
    message = failing("E1012", {("a", 1): {"text": "", "n": 1}, ("b", 2): row}).diagnostics[0].message
    assert "b/2" in message and ("`n: int`" in message or "`text: str`" in message)


@pytest.mark.parametrize(
    ("type_", "value", "fits"),
    [
        (list_of(INT), [1, 2.0], True),
        (list_of(INT), [1, 0.5], False),
        (list_of(FLOAT), [1, 0.5], True),
        (record_of({"a": list_of(INT), "b": STR}), {"a": [0.5], "b": ""}, False),
        (record_of({"a": optional(list_of(INT)), "b": FLOAT}), {"a": None, "b": 0.5}, True),
    ],
)
def test_nothing_is_cut_off_a_number(type_: Type, value: object, fits: bool) -> None:
    """Arrow itself makes 0 of 0.5."""
    made = schema({"x": type_})
    with TableWriter(made, FOLDER, MemoryStore().put) as writer:
        writer.add(("a",), {"x": value})
        if fits:
            assert writer.finish().rows == 1
        else:
            with pytest.raises(SynthError, match="E1012"):
                writer.finish()


@pytest.mark.parametrize("run_bytes", [1, 1 << 20])
def test_two_rows_with_one_key_are_refused(run_bytes: int) -> None:
    with TableWriter(SCHEMA, FOLDER, MemoryStore().put, cut_rows=1, run_bytes=run_bytes) as writer:
        for n in (3, 1, 2, 1):
            writer.add(("a", n), {"text": "", "n": n})
        with pytest.raises(SynthError, match=r"^E1013: two rows have the key `a/1`"):
            writer.finish()


def test_a_key_that_cannot_be_sorted_is_refused() -> None:
    failing("E1015", {(float("nan"),): {"text": "", "n": 1}})
    failing("E1015", {(2**70,): {"text": "", "n": 1}})
    with (
        TableWriter(SCHEMA, FOLDER, MemoryStore().put) as writer,
        pytest.raises(SynthError, match=r"^E1015: the key column `id` holds a null"),
    ):
        writer.add_batch(["id"], pa.table({"id": pa.array([None], pa.string()), "n": [1], "text": ["x"]}))


def test_statistics_describe_each_column() -> None:
    values = [("calm", 1.5, [1]), ("angry", float("nan"), [1, 2]), ("calm", None, [])]
    of = schema({"mood": STR, "score": optional(FLOAT), "picks": list_of(INT)})
    rows = {(n,): dict(zip(of.names, found, strict=True)) for n, found in enumerate(values)}
    stats = MemoryStore().write(rows, of=of).stats
    assert stats["mood"].categories == (("calm", 2), ("angry", 1))
    assert (stats["mood"].low, stats["mood"].high, stats["mood"].mean) == (4, 5, 13 / 3)
    assert (stats["score"].nulls, stats["score"].low, stats["score"].mean) == (1, 1.5, 1.5)
    assert (stats["picks"].low, stats["picks"].high, stats["picks"].mean) == (0, 2, 1.0)


def test_text_of_many_values_has_no_categories() -> None:
    assert MemoryStore().write(rows_of(200), cut_rows=1_000).stats["text"].categories is None


@settings(max_examples=5)
@given(st.integers(1, 4))
def test_numbers_are_summed_exactly(scale: int) -> None:
    floats = [0.1 * scale] * 10 + [1e17, -1e17]
    of = schema({"x": FLOAT, "n": INT})
    rows = {(n,): {"x": x, "n": 2**62} for n, x in enumerate(floats)}
    stats = MemoryStore().write(rows, of=of).stats
    assert stats["x"].mean == sum([0.1 * scale] * 10) / 12 or abs(stats["x"].mean * 12 - scale) < 1e-12  # type: ignore[operator]
    assert stats["n"].mean == 2**62
