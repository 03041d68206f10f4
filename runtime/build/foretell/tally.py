"""What every row asks in; the calls of each statement, reused, new and at worst, out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from runtime.build.foretell.asks import Ask, Asks


@dataclass
class Cell:
    """A gen, a judge, its gold cases, or a statement that has texts embedded.

    `reused` calls are in the journal, and `maybe` more of those that are: rows may not come to them. `low` to `high`
    are new ones, `worst` is the bound; where `open`, a list may be longer than was counted, and they may be more.
    It is asked under a `condition` where the spec says `when`; `prompt`, `role` and what it `reads` are the spec's.

    `again` is how often a row can come to it, retries counted; `tries` also counts answers that fail their type;
    `each` is how many calls one answer takes. `unanswered` are the rows that are the first time without an answer here.
    """

    name: str
    kind: str
    again: int = 1
    tries: int = 1
    each: int = 1
    reused: int = 0
    low: int = 0
    high: int = 0
    worst: int = 0
    unanswered: int = 0
    maybe: int = 0
    open: bool = False
    condition: bool = False
    prompt: str = ""
    role: str = ""
    reads: tuple[str, ...] = ()

    @property
    def attempts(self) -> int:
        """How often one answer is asked for until it is of its type."""
        return max(1, self.tries // self.again)


@dataclass
class Tally:
    """Equal calls of different rows are one: new ones are told apart by their keys as far as these are known."""

    cells: dict[str, Cell]
    _sure: dict[str, dict[bytes, int]] = field(default_factory=dict)
    _may: dict[str, dict[bytes, int]] = field(default_factory=dict)

    def add(self, asks: Asks, sure: bool = True) -> None:
        for ask in asks.found.values():
            self._add(self.cells[ask.cell], ask, sure and ask.sure)
        for name, number in asks.more.items():
            cell = self.cells[name]
            cell.high, cell.worst = cell.high + number, cell.worst + number * cell.attempts
        for name, number in asks.fails.items():
            self.cells[name].high += number
        for name in asks.open:
            self.cells[name].open = True
        if asks.stopped in self.cells:
            self.cells[asks.stopped].unanswered += 1

    def _add(self, cell: Cell, ask: Ask, sure: bool) -> None:
        if ask.known:
            cell.reused += sure
            cell.maybe += not sure
        elif ask.digest is not None:
            there = self._sure if sure and ask.fresh else self._may
            there.setdefault(cell.name, {})[ask.digest] = ask.calls
        else:
            cell.low += ask.calls if sure and ask.fresh else 0
            cell.high += ask.calls
            cell.worst += ask.calls * cell.attempts

    def finish(self) -> None:
        for name, cell in self.cells.items():
            sure, may = self._sure.get(name, {}), self._may.get(name, {})
            new = sum((may | sure).values())
            cell.low, cell.high = cell.low + sum(sure.values()), cell.high + new
            cell.worst = max(cell.high, cell.worst + new * cell.attempts)


def total(cells: Iterable[Cell], name: str) -> int:
    return sum(int(getattr(cell, name)) for cell in cells)
