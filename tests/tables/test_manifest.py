"""Manifests: canonical, read back as written, and never believed when their digests do not fit."""

from __future__ import annotations

import dataclasses

import orjson
import pytest

from dsl.diagnostics import SynthError
from runtime.tables.layout import (
    FORMAT_PATH,
    calls_folder,
    format_bytes,
    manifest_path,
    read_format,
    rejected_folder,
    shard_path,
    spec_folder,
    table_folder,
)
from runtime.tables.manifest import Counts, Fingerprints, InputDigest, KeyColumn, Manifest, StepRecord
from runtime.tables.manifest_json import read_manifest, write_manifest
from runtime.tables.schema import (
    INT,
    JSON,
    STR,
    Schema,
    list_of,
    optional,
    record_of,
    schema,
    schema_from_json,
    schema_json,
)
from tests.tables.memory_store import MemoryStore

TABLE = MemoryStore().write({("a/b", n, n / 2, True): {"text": f"t{n}", "n": n} for n in range(30)})
REJECTED = MemoryStore().write({("c", n): {"text": "why", "n": n} for n in range(9)})
MANIFEST = Manifest(
    dataset="tickets",
    key=(KeyColumn("key", STR), KeyColumn("take", INT)),
    tables={"tickets": TABLE, "pairs/en": TABLE},
    rejected=REJECTED,
    calls=REJECTED,
    counts=Counts(39, 30, {"filter 1": 9}),
    measures={"distinct(question, 2)": 0.75, "none": None},
    fingerprints=Fingerprints("d", "e", "p"),
    models={"writer": "sha256:1"},
    sampling={"writer": {"temperature": 0.7, "stop": ["\n"]}},
    seed=3,
    params={"takes": 2, "list": [1, None]},
    inputs={"pages": InputDigest("abc", 40), "authors": InputDigest("def", 3, "c0ffee")},
    prompts={"ask": "12"},
    steps=(StepRecord("gen x", "gen x: str = ask()", "1", "2", {"temperature": 0.5}),),
)


def test_a_manifest_is_read_as_it_was_written() -> None:
    data = write_manifest(MANIFEST)
    assert read_manifest(data) == MANIFEST
    assert write_manifest(read_manifest(data)) == data == orjson.dumps(orjson.loads(data), option=orjson.OPT_SORT_KEYS)
    assert orjson.loads(data)["root"] == MANIFEST.root


def test_the_root_covers_the_data_and_nothing_else() -> None:
    other = dataclasses.replace(
        MANIFEST,
        calls=None,
        fingerprints=Fingerprints("x", "y", "z"),
        measures={},
        models={},
        seed=9,
        dataset="renamed",
    )
    assert other.root == MANIFEST.root
    assert dataclasses.replace(MANIFEST, rejected=TABLE).root != MANIFEST.root
    assert dataclasses.replace(MANIFEST, tables={"tickets": TABLE}).root != MANIFEST.root


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format":1}',
        b'{"format":"1"}',
        write_manifest(MANIFEST)[:-9],
        write_manifest(MANIFEST).replace(TABLE.shards[0].logical.encode(), b"0" * 32),
        write_manifest(MANIFEST).replace(MANIFEST.root.encode(), b"0" * 32),
    ],
)
def test_a_damaged_manifest_is_not_believed(data: bytes) -> None:
    with pytest.raises(SynthError, match=r"^E1010:"):
        read_manifest(data)


def test_a_newer_format_is_refused_before_anything_is_read() -> None:
    with pytest.raises(SynthError, match=r"^E1009: the manifest has format 2"):
        read_manifest(b'{"format":2,"unheard":"of"}')
    with pytest.raises(SynthError, match=r"^E1009:"):
        read_format(b'{"format":99}')
    with pytest.raises(SynthError, match=r"^E1010:"):
        read_format(b"not json")
    read_format(format_bytes())


def test_paths_are_the_layout_of_a_commit() -> None:
    assert FORMAT_PATH == "_synth/format.json"
    assert manifest_path("tickets") == "datasets/tickets/manifest.json"
    assert table_folder("tickets", "tickets") == "datasets/tickets/tables/tickets/data"
    assert table_folder("tickets", "pairs/a b/..") == "datasets/tickets/tables/pairs/a b%2F../data"
    assert table_folder("tickets", "pairs/..") == "datasets/tickets/tables/pairs/%2E./data"
    assert rejected_folder("tickets") == "datasets/tickets/rejected"
    assert spec_folder("tickets", "ab12") == "datasets/tickets/spec/ab12"
    assert shard_path(calls_folder("t"), "ab" * 32) == f"datasets/t/calls/ab/{'ab' * 32}.parquet"


def test_a_schema_is_plain_data() -> None:
    value = schema({"m": optional(list_of(record_of({"role": STR, "p": optional(INT)}))), "j": JSON})
    assert schema_from_json(orjson.loads(orjson.dumps(schema_json(value)))) == value
    assert str(value.columns[0]) == "m: list<record{role: str, p: int?}>?"
    with pytest.raises(ValueError, match="unknown type"):
        schema_from_json([{"name": "x", "type": "decimal"}])


def test_columns_that_every_table_has_are_taken() -> None:
    with pytest.raises(SynthError, match=r"^E1014: a table cannot have a column of its own named `key`"):
        schema({"key": STR})
    column = schema({"x": STR}).columns
    with pytest.raises(SynthError, match=r"^E1014: a table has two columns named `x`"):
        Schema(column * 2)
