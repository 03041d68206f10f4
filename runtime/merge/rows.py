"""Three versions of a table in; every key that both sides changed with what becomes of its row, by DuckDB, out.

Keys that only one side changed are settled by who changed them. For the others each column is compared three ways, in
one statement, so that a merge of many rows never comes by Python. What is left for a person is read row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runtime.diff.decoding import decoder
from runtime.merge.sides import Three
from runtime.query.scratch import parquet, quoted
from runtime.tables.schema import Column, Schema, Type

if TYPE_CHECKING:
    import pyarrow as pa

SIDES = ("b", "o", "t")
FATES = ("same", "ours", "theirs", "theirs gone", "cells", "conflict")
"""`same`: both agree. `ours`, `theirs`: the row is that side's. `cells`: of both. `conflict`: a person decides."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row in conflict: its key as bytes and as printed, each side's row (None: gone), the merged row, and the
    columns in conflict, none where the row conflicts as a whole."""

    key: bytes
    printed: str
    base: dict[str, Any] | None
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
    merged: dict[str, Any]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """`schema` is the merged table's. `atomic`: a row is never put together from two."""

    three: Three
    schema: Schema
    atomic: bool = False

    # --- keys ---

    @cached_property
    def only_theirs(self) -> str:
        """A relation of the keys that only theirs changed: `_key` and `state`."""
        sql = f"select t.* from {self.three.other.keys} t anti join {self.three.mine.keys} o using (_key)"
        return self._made("only", sql)

    @cached_property
    def settled(self) -> str:
        """A relation of the keys that both changed: `_key`, `fate`, and the merged columns, `m` and a number each."""
        both = self._made(
            "both",
            f"""select o._key, o.state as so, t.state as st
            from {self.three.mine.keys} o join {self.three.other.keys} t using (_key)""",
        )
        joined = self._made("joined", f"select k._key, k.so, k.st, {self._sides()} from {both} k {self._joins(both)}")
        merged = "".join(f", {self._value(i, c)} as m{i}" for i, c in enumerate(self.schema.columns))
        judged = self._made("judged", f"select * {merged} from {joined}")
        return self._made("settled", f"select *, {self._fate()} as fate from {judged}")

    def counts(self) -> dict[str, int]:
        """How many keys only theirs changed (`only theirs`), only ours, and of the others how many met each fate."""
        execute = self.three.scratch.execute
        found: dict[str, int] = dict(execute(f"select fate, count(*) from {self.settled} group by 1").fetchall())
        both = sum(found.values())
        (alone,) = execute(f"select count(*) from {self.only_theirs}").fetchall()[0]
        return found | {"only theirs": alone, "only ours": self.three.mine.total - both}

    # --- what is written ---

    def upserts(self) -> pa.Table:
        """Rows of theirs, and rows of both, that take the place of ours': `_key`, `key` and the schema's columns."""
        names = [quoted(name) for name in self.schema.names]
        fresh = [self._column("t", column) for column in self.schema.columns]
        alone = self._select(
            f"select t._key, t.key, {_listed(fresh, names)} from {self._side('t')} t semi join "
            f"(select * from {self.only_theirs} where state <> 'removed') using (_key)"
        )
        mixed = [f"m{i}" for i in range(len(names))]
        both = self._select(
            f"select _key, key, {_listed(mixed, names)} from {self.settled} where fate in ('theirs', 'cells')"
        )
        return _union(alone, both)

    def removed(self) -> list[bytes]:
        """Keys of ours that theirs removed."""
        sql = (
            f"select _key from {self.only_theirs} where state = 'removed' "
            f"union all select _key from {self.settled} where fate = 'theirs gone'"
        )
        return [key for (key,) in self.three.scratch.execute(sql).fetchall()]

    def lacking(self, column: str) -> bool:
        """Whether a row of the side that does not have the column was added there, so that it has no value for it."""
        has = column in self.three.ours.schema.names
        without, other = (self.three.other, self.three.mine) if has else (self.three.mine, self.three.other)
        sql = f"select 1 from {without.keys} a anti join {other.keys} b using (_key) where a.state = 'added' limit 1"
        return bool(self.three.scratch.execute(sql).fetchall())

    def changed_cells(self, column: str) -> int:
        """How many cells of a column that one side removed the other side changed."""
        side = "o" if column in self.three.ours.schema.names else "t"
        kept, new = (self.three.base.schema, getattr(self.three, {"o": "ours", "t": "theirs"}[side]).schema)
        if column not in kept.names or column not in new.names:
            return 0
        name, state = quoted(column), f"s{side}"
        sql = f"""select count(*) from {self.settled} k join {self._side("b")} b using (_key)
            join {self._side(side)} x using (_key)
            where k.{state} = 'changed' and b.{name} is distinct from x.{name}"""
        return int(self.three.scratch.execute(sql).fetchall()[0][0])

    # --- what a person decides ---

    def conflicts(self) -> Iterator[Row]:
        """In key order."""
        columns = self.schema.columns
        wanted = [f"{side}{i}" for side in (*SIDES, "m") for i in range(len(columns))]
        flags = [self._clash(i, column) for i, column in enumerate(columns)]
        sql = f"""select _key, key, so, st, {"".join(f"{name}, " for name in wanted)} [{", ".join(flags)}]
            from {self.settled} where fate = 'conflict' order by _key"""
        decode = [decoder(column.type) for column in columns]
        cursor = self.three.scratch.execute(sql)
        while found := cursor.fetchmany(512):
            for key, printed, so, st, *values, clashes in found:
                parts = [self._decoded(values[i * len(columns) : (i + 1) * len(columns)], decode) for i in range(4)]
                whole = self.atomic or so != "changed" or st != "changed"
                names = () if whole else tuple(n for n, clash in zip(self.schema.names, clashes, strict=True) if clash)
                base, ours, theirs, merged = parts
                yield Row(
                    key,
                    printed,
                    None if so == "added" else self._own(base, self.three.base.schema),
                    None if so == "removed" else self._own(ours, self.three.ours.schema),
                    None if st == "removed" else self._own(theirs, self.three.theirs.schema),
                    merged,
                    names,
                )

    def _decoded(self, values: list[Any], decode: list[Any]) -> dict[str, Any]:
        return {name: d(value) for name, d, value in zip(self.schema.names, decode, values, strict=True)}

    def _own(self, row: dict[str, Any], own: Schema) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name in own.names}

    # --- SQL ---

    def _made(self, what: str, sql: str) -> str:
        name = quoted(f"{self.three.name} {what}")
        self.three.scratch.execute(f"create table {name} as {sql}")
        return name

    def _select(self, sql: str) -> pa.Table:
        return self.three.scratch.arrow(sql)

    def _side(self, side: str) -> str:
        """All that may differ of a side."""
        paths = dict(zip(SIDES, self.three.paths(), strict=True))[side]
        return parquet(paths) if paths else "(select null::blob as _key, null::varchar as key where false)"

    def _schema(self, side: str) -> Schema:
        three = self.three
        version = {"b": three.base, "o": three.ours, "t": three.theirs}[side]
        return version.schema

    def _column(self, side: str, column: Column) -> str:
        """The side's cell as the merged type has it; null where it has no such column, or no file was read."""
        own = {c.name: c.type for c in self._schema(side).columns}.get(column.name)
        if own is None or not dict(zip(SIDES, self.three.paths(), strict=True))[side]:
            return f"null::{duck_type(column.type)}"
        cell = f"{side}.{quoted(column.name)}"
        return f"{cell}::double" if column.type.kind == "float" and own.kind == "int" else cell

    def _sides(self) -> str:
        columns = [
            f"{self._column(side, column)} as {side}{i}"
            for side in SIDES
            for i, column in enumerate(self.schema.columns)
        ]
        return ", ".join(["coalesce(o.key, t.key, b.key) as key", *columns])

    def _joins(self, both: str) -> str:
        wanted = f"where _key in (select _key from {both})"
        return " ".join(f"left join (select * from {self._side(s)} {wanted}) {s} using (_key)" for s in SIDES)

    def _has(self, side: str, column: Column) -> bool:
        return column.name in self._schema(side).names

    def _value(self, i: int, column: Column) -> str:
        """What ours left alone is theirs'; a column that only one side has is that side's."""
        if not self._has("o", column) or not self._has("t", column):
            return f"o{i}" if self._has("o", column) else f"t{i}"
        if not self._has("b", column):
            return f"coalesce(o{i}, t{i})"
        return f"case when o{i} is not distinct from b{i} then t{i} else o{i} end"

    def _clash(self, i: int, column: Column) -> str:
        """Both sides changed the cell, and not alike."""
        if not self._has("o", column) or not self._has("t", column):
            return "false"
        changed = f"o{i} is distinct from b{i} and t{i} is distinct from b{i} and " if self._has("b", column) else ""
        known = "" if changed else f"o{i} is not null and t{i} is not null and "
        return f"({changed}{known}o{i} is distinct from t{i})"

    def _touched(self, side: str) -> str:
        """Whether a side changed a cell of a column that the base has: a new column alone changes no row."""
        columns = list(enumerate(self.schema.columns))
        return _any(f"{side}{i} is distinct from b{i}" for i, c in columns if self._has("b", c) and self._has(side, c))

    def _fate(self) -> str:
        """The first rule that holds."""
        columns = list(enumerate(self.schema.columns))
        shared = [i for i, column in columns if self._has("o", column) and self._has("t", column)]
        rules = [
            ("so = 'removed' and st = 'removed'", "same"),
            (f"so = 'removed' and ({self._touched('t')})", "conflict"),
            ("so = 'removed'", "ours"),
            (f"st = 'removed' and ({self._touched('o')})", "conflict"),
            ("st = 'removed'", "theirs gone"),
            (_all(f"o{i} is not distinct from t{i}" for i, _ in columns), "same"),
            (f"so = 'added' and {_any(f'o{i} is distinct from t{i}' for i in shared)}", "conflict"),
            (_any(self._clash(i, column) for i, column in columns), "conflict"),
            (_all(f"m{i} is not distinct from o{i}" for i, _ in columns), "ours"),
            (_all(f"m{i} is not distinct from t{i}" for i, _ in columns), "theirs"),
        ]
        if self.atomic:
            rules.append((f"({self._touched('o')}) and ({self._touched('t')})", "conflict"))
        whens = " ".join(f"when {condition} then '{fate}'" for condition, fate in rules)
        return f"case {whens} else 'cells' end"


def _listed(expressions: list[str], names: list[str]) -> str:
    return (
        ", ".join(f"{expression} as {name}" for expression, name in zip(expressions, names, strict=True)) or "1 as none"
    )


def _any(conditions: Iterator[str] | Any) -> str:
    return "(" + (" or ".join(conditions) or "false") + ")"


def _all(conditions: Iterator[str] | Any) -> str:
    return "(" + (" and ".join(conditions) or "true") + ")"


def duck_type(type_: Type) -> str:
    """As DuckDB reads it from a shard."""
    if type_.kind == "list" and type_.element is not None:
        return f"{duck_type(type_.element)}[]"
    if type_.kind == "record":
        return f"struct({', '.join(f'{quoted(field.name)} {duck_type(field.type)}' for field in type_.fields)})"
    return {"int": "bigint", "float": "double", "bool": "boolean"}.get(type_.kind, "varchar")


def _union(a: pa.Table, b: pa.Table) -> pa.Table:
    """Both have the same columns; where one has no row its nulls have no type."""
    import pyarrow as pa

    if not b.num_rows or not a.num_rows:
        return b if not a.num_rows else a
    return pa.concat_tables([a, b], promote_options="permissive")
