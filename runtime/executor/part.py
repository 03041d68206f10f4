"""A block of candidates in; each one's end, with its whole story, out: a dataset's job, as a worker has it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.bridge import await_
from runtime.build.candidates import Candidate, between
from runtime.build.run import Job
from runtime.build.selection import End
from runtime.executor.gates import Asking, Enter
from runtime.executor.messages import Block, Ended
from runtime.program.outcome import Kept, Outcome, Rejected
from runtime.program.row import Row
from runtime.program.stage import Stage

Wanted = Callable[[int, object], Coroutine[Any, Any, bool]]


@dataclass
class Part(Job):
    """`enter` and `room` reach what belongs to all candidates; `order` nests the axes otherwise than the spec does."""

    enter: Enter | None = None
    room: Wanted | None = None
    order: Sequence[str] | None = None
    reads: frozenset[str] | None = None
    _stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.enter is not None
        self.duplicates = Asking(self.loaded.plan, self.encoder, self.enter)
        self._stage = self.stage()
        self._tables = frozenset(table.partition("/")[0] for table in self._emitted())

    def block(self, block: Block) -> Iterator[tuple[int, Candidate]]:
        """Its candidates that are to be run, each with its place in the order in which all are."""
        axes = self.inputs.axes(self.loaded)
        found = between(axes, self.loaded.key_of, block.start, block.stop, self.order)
        for position, candidate in enumerate(found, block.start):
            if position not in block.skip:
                yield position, candidate

    def end(self, candidate: Candidate) -> tuple[Row, Outcome]:
        """Called from the candidate's greenlet."""
        return self._here(self._stage, self.loaded.row, candidate)

    def told_of(self, block: int, position: int, row: Row, outcome: Outcome) -> Ended:
        """What the driver hears of an end: as little as it needs."""
        kept = isinstance(outcome, Kept)
        step = outcome.step if isinstance(outcome, Rejected) else ""
        seen = self._seen(row, outcome) if isinstance(outcome, Kept) and self.reads is not None else None
        return Ended(block, position, row.index, kept, step, row.whole.grouped, seen)

    def _seen(self, row: Row, outcome: Kept) -> End:
        reads = self.reads or frozenset()
        values = {**row.axes, **row.values}
        if not self._tables & reads:
            values = _only(values, reads)
        rows = tuple(
            (table, place, columns if table.partition("/")[0] in reads else _only(columns, reads))
            for table, place, columns in outcome.rows
        )
        return End(row.key, replace(outcome, rows=rows, flags=()), (), values, row.index)

    def _emitted(self) -> Iterator[str]:
        from compiler import plan

        for step in self.loaded.plan.of(plan.Emit):
            yield from step.tables

    def _wanted(self, index: int, group: object) -> bool:
        assert self.room is not None
        return await_(self.room(index, group))


def end_of(row: Row, outcome: Outcome) -> End:
    """What is written of a candidate."""
    return End(row.key, outcome, row.events, {}, row.index)


def _only(values: Mapping[str, object], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
