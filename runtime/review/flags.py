"""A target and a source in; the rows that merging changes and that a statement flagged for a person, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from runtime.query.scratch import Scratch, parquet
from runtime.review.digest import changed_keys
from runtime.review.model import Place
from runtime.review.outcome import Outcome, Pair, outcome
from runtime.store.port import CommitId, Store
from runtime.tables.keys import decode_key, print_key
from runtime.tables.layout import calls_folder


@dataclass(frozen=True, slots=True)
class FlaggedRow:
    """`statements` are the flags' own texts; `hash` is the row's as merging leaves it."""

    place: Place
    hash: str
    statements: tuple[str, ...]


def flagged_rows(store: Store, target: CommitId | None, source: CommitId) -> list[FlaggedRow]:
    """By dataset, table and key. Rows that go are not among them."""
    return list(flagged_in(outcome(store, target, source)))


def flagged_in(found: Outcome) -> Iterator[FlaggedRow]:
    for pair in sorted(found.pairs, key=lambda pair: pair.dataset):
        yield from _of(pair)


def _of(pair: Pair) -> Iterator[FlaggedRow]:
    manifest = pair.after.manifest
    scratch = Scratch()
    said = _flags(scratch, pair)
    if manifest is None or not said:
        return
    for table, key, _, after in changed_keys(scratch, pair):
        row = decode_key(key)
        statements = said.get(print_key(row[: len(manifest.key)]), said.get(print_key(row), ()))
        if after is not None and statements:
            yield FlaggedRow(Place(pair.dataset, table, print_key(row)), after.hex(), statements)


def _flags(scratch: Scratch, pair: Pair) -> Mapping[str, tuple[str, ...]]:
    """The flags of each candidate, by its printed key."""
    calls = pair.after.manifest.calls if pair.after.manifest else None
    if calls is None or not calls.shards:
        return {}
    files = [str(pair.after.file(calls_folder(pair.dataset), shard)) for shard in calls.shards]
    sql = f"select row, value from {parquet(files, 'row, value, kind, cell')} where kind = 'flag' order by row, cell"
    found: dict[str, tuple[str, ...]] = {}
    for row, value in scratch.execute(sql).fetchall():
        found[row] = (*found.get(row, ()), str(orjson.loads(value)))
    return found
