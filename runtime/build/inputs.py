"""A dataset's planned inputs in; opened sources, their digests, and what programs and draws see of them, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from compiler import plan
from compiler.types import Record
from runtime.build.candidates import AxisValues
from runtime.build.program import Loaded
from runtime.program.outcome import Rejected
from runtime.sampling import Pool
from runtime.sources import Facts, Source, Tables, open_input
from runtime.tables.keys import Key, KeyPart, as_key
from runtime.tables.manifest import InputDigest

HELD = 20_000
"""Rows of a source that are held in memory to be drawn from."""


@dataclass(eq=False)
class Handle:
    """What `row.source(name)` is: all rows as a list, and a pool in which rows are told apart by their keys.

    A pool of many rows reads those that are drawn; whoever asks for the list of all has all of them.
    """

    source: Source

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return [row for _, row in self.source.rows()]

    @cached_property
    def pool(self) -> Pool[Any]:
        if len(self.source) <= HELD:
            return Pool(self.rows, ids=self.source.keys)
        return Pool(RowsRead(self.source), ids=(key for key, _ in self.source.rows()))


@dataclass(frozen=True, eq=False)
class RowsRead(Sequence[dict[str, Any]]):
    """Rows of a source, each read when it is asked for."""

    source: Source

    def __len__(self) -> int:
        return len(self.source)

    def __getitem__(self, place: Any) -> Any:
        return self.source.row(place)[1]


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A source as an axis: its rows in file order, streamed anew each time."""

    source: Source

    def __iter__(self) -> Iterator[tuple[KeyPart | Key, object]]:
        return iter(self.source.rows())

    def __getitem__(self, place: int) -> tuple[KeyPart | Key, object]:
        return self.source.row(place)

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class ValuesOf:
    """Values written in the spec as an axis; each is its own key part."""

    values: Any

    def __iter__(self) -> Iterator[tuple[KeyPart, object]]:
        return ((value, value) for value in self.values)

    def __getitem__(self, place: int) -> tuple[KeyPart, object]:
        return self.values[place], self.values[place]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Inputs:
    """`sources` by name, every declared one of the dataset; `gold` the cases of its judges, by the judge.

    `tables` is where the rows of the spec's other datasets come from.
    """

    sources: Mapping[str, Source]
    gold: Mapping[str, Source] = field(default_factory=dict)
    tables: Tables | None = None

    @classmethod
    def open(cls, loaded: Loaded, root: Path, facts: Facts, tables: Tables | None = None) -> Inputs:
        """Raises SynthError (E06xx) for what cannot be read; rows are checked when they are first asked for.

        `tables` gives the rows of the spec's other datasets; what it does not have is E0909 when it is asked for.
        """
        return cls(
            {
                item.name: open_input(item, root, accept=_accept(item, loaded), facts=facts, tables=tables)
                for item in loaded.plan.inputs
            },
            {judge.name: open_input(judge.gold.cases, root, facts=facts) for judge in loaded.plan.judges if judge.gold},
            tables,
        )

    @cached_property
    def handles(self) -> dict[str, Handle]:
        return {name: Handle(source) for name, source in self.sources.items()}

    def digests(self) -> dict[str, InputDigest]:
        return {name: _digest(source) for name, source in self._all().items()}

    def content(self) -> dict[str, str]:
        """Only the digests, which need no row where the files are as last seen."""
        return {name: source.digest for name, source in self._all().items()}

    def _all(self) -> dict[str, Source]:
        """Cases that changed are a reason to look again, although no row is made from them."""
        return {**self.sources, **{f"gold of {name}": source for name, source in self.gold.items()}}

    def axes(self, loaded: Loaded) -> list[AxisValues]:
        return [self._axis(step, loaded) for step in loaded.plan.of(plan.Axis)]

    def _axis(self, step: plan.Axis, loaded: Loaded) -> AxisValues:
        if step.source is not None:
            return AxisValues(step.name, RowsOf(self.sources[step.source]))
        values = loaded.axis(step.name)
        return AxisValues(step.name, ValuesOf(values) if hasattr(values, "__len__") else Endless(values))

    def rejected(self, loaded: Loaded) -> Iterator[tuple[Key, Rejected]]:
        """Rows of the axes' sources that break their record's constraints, each with the reason."""
        for step in loaded.plan.of(plan.Axis):
            if step.source is None:
                continue
            yield from rejected_rows(step.source, step.name, self.sources[step.source])


def rejected_rows(name: str, called: str, source: Source) -> Iterator[tuple[Key, Rejected]]:
    """Rows of one source that break its record's constraint; the statement that reads it calls a row `called`."""
    for key, row, _, reason in source.rejected:
        yield (name, *as_key(key)), Rejected(f"input {name}", reason, (name,), {called: row})


@dataclass(frozen=True, slots=True)
class Endless:
    """An endless range as an axis: counts anew each time."""

    counter: Any

    def __iter__(self) -> Iterator[tuple[KeyPart, object]]:
        from copy import copy

        return ((value, value) for value in copy(self.counter))

    def __getitem__(self, place: int) -> tuple[KeyPart, object]:
        from copy import copy
        from itertools import islice

        first, second = islice(copy(self.counter), 2)
        value = first + (second - first) * place
        return value, value


def _digest(source: Source) -> InputDigest:
    table = source.table
    return InputDigest(source.digest, len(source), table.commit if table is not None else None)


def _accept(item: plan.InputPlan, loaded: Loaded) -> Any:
    return loaded.check(item.record.name) if isinstance(item.record, Record) else None
