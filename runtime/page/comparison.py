"""Two commits in; their diff, kept open for page after page of its rows, out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.diff import Diff, TableDiff, diff
from runtime.page.decided import Decided, Place, decided
from runtime.store.port import CommitId, Store

T = TypeVar("T")
OPEN = 4
"""Diffs that are kept open: their keys are in memory."""
LISTINGS = 8
"""Questions to one diff whose answers are kept."""


class Recent(OrderedDict[Hashable, Any]):
    """The last so many things that were made, by what they were made of."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def get_or(self, key: Hashable, make: Callable[[], T]) -> T:
        if key in self:
            self.move_to_end(key)
            found: T = self[key]
            return found
        self[key] = made = make()
        while len(self) > self.size:
            self.popitem(last=False)
        return made


@dataclass
class Comparison:
    """`base` is where the source parted from the target: what is compared is what the source did since."""

    store: Store
    base: CommitId | None
    head: CommitId
    listings: Recent = field(default_factory=lambda: Recent(LISTINGS))
    _decided: dict[str, Mapping[Place, Decided]] = field(default_factory=dict)

    @cached_property
    def diff(self) -> Diff:
        return diff(self.store, self.base, self.head)

    def table(self, dataset: str, table: str) -> TableDiff:
        """E1114 for a table that does not differ, or is not there."""
        tables = {(one.name, part.name): part for one in self.diff.datasets for part in one.tables}
        if (dataset, table) not in tables:
            raise SynthError(_no_table(dataset, table, [f"{one}.{part}" for one, part in tables]))
        return tables[dataset, table]

    def decided(self, dataset: str) -> Mapping[Place, Decided]:
        if dataset not in self._decided:
            self._decided[dataset] = decided(self.store, self.base, self.head, dataset)
        return self._decided[dataset]

    def decided_in(self, dataset: str, table: str) -> list[Decided]:
        return [one for (name, _), one in self.decided(dataset).items() if name == table]


class Comparisons:
    """The diffs that are open."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._open = Recent(OPEN)

    def of(self, base: CommitId | None, head: CommitId) -> Comparison:
        return self._open.get_or((base, head), lambda: Comparison(self.store, base, head))


def _no_table(dataset: str, table: str, known: list[str]) -> Diagnostic:
    name = f"{dataset}.{table}"
    return Diagnostic(
        "E1114",
        f"no table `{name[:200]}` differs here",
        notes=(f"tables that differ: {', '.join(known)}",) if known else ("nothing differs",),
        help=did_you_mean(name, known) or None,
    )
