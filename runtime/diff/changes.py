"""Two versions of a table in; the keys that came, went or hold another row, from shards that differ, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from runtime.diff.model import RowCounts, RowState
from runtime.diff.schema import all_columns
from runtime.diff.shards import Differing, Version
from runtime.query.scratch import Scratch, between, one_of, parquet, quoted

LITERAL_KEYS = 256
"""Up to so many keys are named one by one, which lets the reader skip row groups; of more it is given the range."""
KEPT_ROWS = 20_000
"""Up to so many rows are read once and kept; more are read again when they are asked for."""

StatedKey = tuple[bytes, RowState]


@dataclass(frozen=True)
class Changes:
    """The keys that differ, in a table of `scratch` named `{name} keys`, and the rows behind them on each side."""

    scratch: Scratch
    name: str
    before: Version
    after: Version

    @cached_property
    def old(self) -> Differing:
        return Differing(self.before, self.after)

    @cached_property
    def new(self) -> Differing:
        return Differing(self.after, self.before)

    @property
    def columns(self) -> tuple[str, ...]:
        return all_columns(self.before.schema, self.after.schema)

    @property
    def keys(self) -> str:
        """The relation of keys that differ: `_key` and `state`. Made on first use."""
        return self._keys

    @cached_property
    def _keys(self) -> str:
        relation = quoted(f"{self.name} keys")
        self.scratch.execute(
            f"""create table {relation} as
            select coalesce(a._key, b._key) as _key, case when a._key is null then 'added'
                when b._key is null then 'removed' else 'changed' end as state
            from {parquet(self.old.paths, "_key, _hash")} a
            full outer join {parquet(self.new.paths, "_key, _hash")} b on a._key = b._key
            where a._hash is distinct from b._hash"""
        )
        return relation

    @cached_property
    def counts(self) -> RowCounts:
        if self.before.table and self.after.table and self.before.table.root == self.after.table.root:
            return RowCounts(0, 0, 0, self.after.rows)
        found = dict(self.scratch.execute(f"select state, count(*) from {self.keys} group by state").fetchall())
        added, changed = found.get("added", 0), found.get("changed", 0)
        return RowCounts(added, found.get("removed", 0), changed, self.after.rows - added - changed)

    @property
    def total(self) -> int:
        return self.counts.added + self.counts.removed + self.counts.changed

    def page(self, only: RowState | None, after: bytes | None, size: int) -> list[StatedKey]:
        """The next keys in key order, beyond `after`."""
        return self._select(f"($2 is null or _key > $2) {_state(only)} order by _key limit $1", [size, after])

    def drawn(self, only: RowState | None, offset: int, size: int) -> list[StatedKey]:
        """Keys in the order of their own hashes: a sample that is the same every time."""
        return self._select(f"true {_state(only)} order by md5(_key), _key limit $1 offset $2", [size, offset])

    def _select(self, condition: str, arguments: list[object]) -> list[StatedKey]:
        found = self.scratch.execute(f"select _key, state from {self.keys} where {condition}", arguments).fetchall()
        return cast(list[StatedKey], found)

    @cached_property
    def kept(self) -> tuple[str | None, str | None]:
        """Relations of all rows that differ, before and after; None for a side that has none."""
        return self._kept(self.old, "before"), self._kept(self.new, "after")

    def _kept(self, side: Differing, name: str) -> str | None:
        if not side.files or not self.total:
            return None
        relation = quoted(f"{self.name} {name}")
        kind = "table" if self.total <= KEPT_ROWS else "view"
        self.scratch.execute(f"create {kind} {relation} as select * from {parquet(side.paths)} where {self._wanted()}")
        return relation

    def _wanted(self) -> str:
        if self.total <= LITERAL_KEYS:
            return one_of(key for key, _ in self.page(None, None, LITERAL_KEYS))
        low, high = self.scratch.execute(f"select min(_key), max(_key) from {self.keys}").fetchall()[0]
        return f"{between(low, high)} and _key in (select _key from {self.keys})"

    def rows(self, keys: list[bytes]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """For each side the rows of these keys (sorted): `_key`, `key`, then the columns of that side's schema."""
        old, new = self.kept if self.total <= KEPT_ROWS else (None, None)
        return (
            self._rows(self.old, keys, self.before.schema.names, old),
            self._rows(self.new, keys, self.after.schema.names, new),
        )

    def _rows(
        self, side: Differing, keys: list[bytes], columns: tuple[str, ...], kept: str | None
    ) -> list[tuple[object, ...]]:
        low, high = keys[0], keys[-1]
        paths = [] if kept else side.paths_between(low, high)
        if not kept and not paths:
            return []
        names = ", ".join(map(quoted, ("_key", "key", *columns)))
        wanted = one_of(keys) if paths and len(keys) <= LITERAL_KEYS else between(low, high)
        sql = f"select {names} from {kept or parquet(paths)} where {wanted} and _key in (select unnest($1::blob[]))"
        return self.scratch.execute(sql, [keys]).fetchall()


def _state(only: RowState | None) -> str:
    return f"and state = '{only}'" if only else ""


def pages(changes: Changes, only: RowState | None, size: int, *, drawn: bool) -> Iterator[list[StatedKey]]:
    """All keys that differ, page by page: in key order, or in the order of a sample."""
    last: bytes | None = None
    offset = 0
    while page := changes.drawn(only, offset, size) if drawn else changes.page(only, last, size):
        yield page
        last, offset = page[-1][0], offset + len(page)
