"""A table's changed keys and what rows are wanted in; those rows with both their versions, page by page, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson

from runtime.diff.changes import Changes, StatedKey, pages
from runtime.diff.model import RowChange, RowQuery
from runtime.tables.schema import Column, Schema, Type

PAGE = 1024
Decode = Callable[[Any], Any]


@dataclass(frozen=True)
class TableRows:
    """Implements `RowSource` over shard files."""

    table: str
    changes: Changes

    def rows(self, query: RowQuery) -> Iterator[RowChange]:
        if not self.changes.total:
            return
        found = self._found(query)
        if query.sample is not None:
            found = iter(sorted(islice(found, query.sample), key=lambda pair: pair[0]))
        stop = None if query.limit is None else query.offset + query.limit
        yield from (row for _, row in islice(found, query.offset, stop))

    def _found(self, query: RowQuery) -> Iterator[tuple[bytes, RowChange]]:
        size = PAGE if query.limit is None else min(PAGE, max(1, query.offset + query.limit))
        for page in pages(self.changes, query.only, size, drawn=query.sample is not None):
            for key, row in self._fetched(page):
                chosen = row if query.columns is None else replace(row, columns=query.columns)
                if (query.columns is None or chosen.cells) and _holds(query, row):
                    yield key, chosen

    def _fetched(self, page: list[StatedKey]) -> Iterator[tuple[bytes, RowChange]]:
        old, new = self.changes.rows(sorted(key for key, _ in page))
        before = _by_key(old, self.changes.before.schema)
        after = _by_key(new, self.changes.after.schema)
        for key, state in page:
            was = before[key] if state != "added" else None
            now = after[key] if state != "removed" else None
            printed = (now or was or ("", {}))[0]
            columns = _shown(was, now, self.changes.columns)
            yield key, RowChange(self.table, printed, state, was and was[1], now and now[1], columns)


Keyed = tuple[str, Mapping[str, Any]]


def _shown(before: Keyed | None, after: Keyed | None, columns: tuple[str, ...]) -> tuple[str, ...]:
    """An added or removed row has the columns of its own version only."""
    alone = after if before is None else before if after is None else None
    return columns if alone is None else tuple(name for name in columns if name in alone[1])


def _holds(query: RowQuery, row: RowChange) -> bool:
    where = query.where
    if where is None:
        return True
    return any(where({"key": row.key, **side}) for side in (row.before, row.after) if side is not None)


def _by_key(rows: list[tuple[Any, ...]], schema: Schema) -> dict[bytes, Keyed]:
    decoders = [(column.name, decoder(column.type)) for column in schema.columns]
    return {
        row[0]: (row[1], {name: decode(value) for (name, decode), value in zip(decoders, row[2:], strict=True)})
        for row in rows
    }


def decoder(type_: Type) -> Decode:
    """Turns what DuckDB gives for a column into plain values: `json` columns are kept as text in shards."""
    if type_.kind == "json":
        return lambda value: None if value is None else orjson.loads(value)
    if type_.kind == "list" and type_.element and _has_json(type_.element):
        inner = decoder(type_.element)
        return lambda value: None if value is None else [inner(item) for item in value]
    if type_.kind == "record" and _has_json(type_):
        return _record_decoder(type_.fields)
    return lambda value: value


def _record_decoder(fields: tuple[Column, ...]) -> Decode:
    inner = {field.name: decoder(field.type) for field in fields}
    return lambda value: None if value is None else {name: inner[name](item) for name, item in value.items()}


def _has_json(type_: Type) -> bool:
    below = [column.type for column in type_.fields] + ([type_.element] if type_.element else [])
    return type_.kind == "json" or any(map(_has_json, below))
