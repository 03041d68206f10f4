"""Rows parted among runs and ranges in any way become the shards, and the figures, that one writer makes of them."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.executor.messages import Run
from runtime.executor.reduction import Range, Reduced, joined, reduce
from runtime.executor.runs import ranges, read_range
from runtime.executor.writing import Drained
from runtime.store.open import open_store
from runtime.store.port import Store
from runtime.tables.manifest import TableManifest
from runtime.tables.schema import BOOL, FLOAT, STR, optional, schema
from runtime.tables.writer import TableWriter

SCHEMA = schema({"text": STR, "score": optional(FLOAT), "good": BOOL})
FOLDER, ROWS = "datasets/d/tables/d", 20_000


@cache
def rows() -> list[tuple[tuple[str, int], dict[str, Any]]]:
    chance = random.Random(3)
    return [
        ((f"page {n // 7}", n % 7), {"text": f"text {n % 11}", "score": chance.gauss(0, 1e6), "good": n % 3 == 0})
        for n in range(ROWS)
    ]


def written(store: Store) -> TableManifest:
    with TableWriter(SCHEMA, FOLDER, store.put) as writer:
        for key, row in rows():
            writer.add(key, row)
        return writer.finish()


def runs_of(folder: Path, parts: list[list[Any]]) -> list[Run]:
    found = []
    for part in parts:
        with Drained(SCHEMA, FOLDER, lambda data: "") as writer:  # type: ignore[arg-type, return-value]
            for key, row in part:
                writer.add(key, row)
            found.append(writer.run(folder, "here"))
    return [run for run in found if run is not None]


def reduced(
    runs: list[Run], bounds: list[tuple[bytes | None, bytes | None]], store: Store, whole: Range
) -> list[Reduced]:
    paths = [run.path for run in runs]
    return [reduce(replace(whole, low=low, high=high), read_range(paths, low, high), store) for low, high in bounds]


@pytest.mark.parametrize(("workers", "count"), [(1, 1), (1, 4), (3, 2), (3, 7), (5, 100)])
def test_any_runs_and_ranges_make_the_same_table(tmp_path: Path, workers: int, count: int) -> None:
    store = open_store(tmp_path)
    expected = written(store)
    parts: list[list[Any]] = [[] for _ in range(workers)]
    chance = random.Random(workers)
    for item in rows():
        chance.choice(parts).append(item)
    runs = runs_of(tmp_path / "runs", parts)
    bounds = ranges((border for run in runs for border in run.borders), count)
    assert min(count, 4) <= len(bounds) <= count
    whole = joined(reduced(runs, bounds, store, Range(FOLDER, SCHEMA, None)), runs, SCHEMA)
    assert tuple(whole.shards) == expected.shards
    assert whole.summary.result() == expected.stats


def test_shards_of_the_version_before_are_used_again(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    expected = written(store)
    runs = runs_of(tmp_path / "runs", [list(rows())])
    parts = reduced(runs, [(None, None)], store, Range(FOLDER, SCHEMA, expected))
    assert not parts[0].written
    assert tuple(parts[0].shards) == expected.shards


def test_a_row_that_stands_in_several_runs_is_written_once_where_that_is_allowed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    few = list(rows())[:100]
    runs = runs_of(tmp_path / "runs", [few, few[:40], few[60:]])
    texts = Range(FOLDER, SCHEMA, None, distinct=True)
    whole = joined(reduced(runs, [(None, None)], store, texts), runs, SCHEMA)
    assert sum(shard.rows for shard in whole.shards) == 100
    with pytest.raises(SynthError, match="E1013"):
        reduced(runs, [(None, None)], store, replace(texts, distinct=False))
