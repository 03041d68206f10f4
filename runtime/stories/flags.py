"""A version in; the rows that its statements marked for a person, out."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from runtime.decisions.model import STATEMENT
from runtime.query import query
from runtime.query.catalog import datasets
from runtime.store.port import CommitId, Store


@dataclass(frozen=True, slots=True)
class Flagged:
    """`statement` is the flag's own text."""

    dataset: str
    key: str
    statement: str


def flagged(store: Store, commit: CommitId) -> list[Flagged]:
    """By dataset and key. A row that several statements mark is there for each; one that a person rejected is not."""
    return [row for name in datasets(store, commit) for row in _of(store, name, commit)]


def _of(store: Store, dataset: str, commit: CommitId) -> list[Flagged]:
    name = f'"{dataset}@{commit}"'
    gone = f"select key from {name}.rejected where statement = '{STATEMENT}'"
    sql = f"select row, value from {name}.calls where kind = 'flag' and row not in ({gone}) order by row, cell"
    return [Flagged(dataset, row["row"], orjson.loads(row["value"])) for row in query(store, sql).table.to_pylist()]
