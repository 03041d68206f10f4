"""The merged tables and calls of a dataset and its plan in; what each kept candidate's names hold, as far as the
tables say, out.

A name is known from an emitted column that is nothing but the name, from the calls (a draw, a `let`, a gen that makes
one value), or from the arguments that a gen was called with. A list of samples or of elements is not put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from compiler import plan
from dsl import tree
from runtime.diff.decoding import decoder
from runtime.query.scratch import fetch_all, parquet, text
from runtime.query.texts import named_texts, read_texts, with_texts
from runtime.tables.keys import Key, decode_key, print_key
from runtime.tables.manifest import TableManifest

Rows = list[tuple[str, tuple[int, ...], dict[str, Any]]]
TOLD = ("draw", "let", "gen", "run", "next")


@dataclass(frozen=True)
class Facts:
    """`tables` are each table's manifest and files; `texts` files of long texts that calls name; `parts` is how many
    parts a candidate's key has; `wanted` are the names that somebody asks for."""

    dataset: plan.DatasetPlan
    tables: Mapping[str, tuple[TableManifest, Sequence[Path]]]
    calls: Sequence[Path]
    texts: Sequence[Path]
    parts: int
    wanted: frozenset[str]

    @cached_property
    def emitted(self) -> Mapping[str, Mapping[str, str]]:
        """For each table the columns that are nothing but a name, and the name."""
        return {
            table: {column.name: column.value.name for column in step.columns if isinstance(column.value, tree.Ref)}
            for step in self.dataset.of(plan.Emit)
            for table in step.tables
        }

    @cached_property
    def told(self) -> frozenset[str]:
        """Names whose values the calls hold whole."""
        steps: list[Any] = [*self.dataset.of(plan.Draw), *self.dataset.of(plan.Let)]
        steps += [step for step in self.dataset.of(plan.Gen) if not step.times and not step.fors]
        steps += [step for step in self.dataset.of(plan.Run) if not step.fors]
        return frozenset(step.name for step in steps)

    @cached_property
    def argued(self) -> Mapping[tuple[str, str], str]:
        """(gen, parameter) → the name that is its argument."""
        return {
            (step.name, name): value.name
            for step in self.dataset.of(plan.Gen)
            if not step.times and not step.fors
            for name, value in step.arguments
            if isinstance(value, tree.Ref)
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that can be known of a candidate that passed all its statements."""
        names = {name for columns in self.emitted.values() for name in columns.values()}
        return self.told | names | frozenset(self.argued.values())

    def rows(self) -> Iterator[tuple[Key, Rows]]:
        """Kept candidates by key, with their rows in every table."""
        found: dict[Key, Rows] = {}
        for name, (table, paths) in self.tables.items():
            for key, row in self._rows(name, table, paths):
                found.setdefault(key[: self.parts], []).append((name, _position(key[self.parts :]), row))
        yield from sorted(found.items(), key=lambda item: print_key(item[0]))

    def _rows(self, name: str, table: TableManifest, paths: Sequence[Path]) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Only columns that someone wants."""
        import pyarrow.parquet as pq

        means = self.emitted.get(name, {})
        columns = [c for c in table.schema.columns if c.name in self.wanted or means.get(c.name) in self.wanted]
        decoders = {column.name: decoder(column.type) for column in columns}
        for path in paths:
            for row in pq.read_table(path, columns=["_key", *decoders]).to_pylist():
                yield decode_key(row["_key"]), {column: decode(row[column]) for column, decode in decoders.items()}

    def values(self, key: Key, rows: Rows) -> dict[str, Any]:
        """Names of one candidate; a column says more than a call, for a person may have edited it."""
        found = dict(self._told.get(print_key(key), {}))
        for table, _, row in rows:
            means = self.emitted.get(table, {})
            found |= {means[column]: value for column, value in row.items() if column in means}
        return found

    @cached_property
    def _told(self) -> dict[str, dict[str, Any]]:
        """By candidate, as printed. What was asked last holds."""
        cells = self.told & self.wanted | {gen for (gen, _), name in self.argued.items() if name in self.wanted}
        found: dict[str, dict[str, Any]] = {}
        if not cells or not self.calls:
            return found
        kinds, named = (", ".join(map(text, sorted(names))) for names in (TOLD, cells))
        sql = f"""select row, cell, value, arguments from {parquet([str(path) for path in self.calls])}
            where cell in ({named}) and kind in ({kinds}) and element = 0 and sample = 0 and error is null
            order by row, round, attempt"""
        for row, cell, value, arguments in fetch_all(sql):
            names = found.setdefault(row, {})
            given = self._whole(orjson.loads(arguments)) if arguments else {}
            for (gen, param), name in self.argued.items():
                if gen == cell and param in given:
                    names.setdefault(name, given[param])
            if cell in self.told:
                names[cell] = None if value is None else orjson.loads(value)
        return found

    def _whole(self, arguments: Any) -> Any:
        """With long texts in place of their names."""
        names = set(named_texts(arguments))
        return with_texts(arguments, read_texts([str(path) for path in self.texts], names)) if names else arguments


def _position(rest: Key) -> tuple[int, ...]:
    return tuple(int(part) for part in rest)
