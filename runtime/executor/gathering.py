"""Runs of a dataset's tables in; each table's shards, made and put by the workers, a range of keys each, out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dsl.diagnostics import Diagnostic, SynthError
from runtime.executor.mapping import Member
from runtime.executor.messages import Run
from runtime.executor.port import Lost
from runtime.executor.reduction import Range, Reduced, joined, ranges_of, reduce
from runtime.executor.runs import read_range
from runtime.executor.writing import Drained, Spread
from runtime.store.port import Store

HERE = ""
"""The node of runs that the driver itself wrote: it sends what is in them."""
T = TypeVar("T")
AT_ONCE = 2
"""Ranges that a worker has at the same time: one is cut while the next one's rows come."""


@dataclass
class Gathering:
    """`members` are the workers that are left; runs are read by those on whose nodes they lie.

    What a lost one had to cut another cuts. `near` is the store where all runs lie on this machine's disk: there the
    driver cuts what no worker is left for.
    """

    output: Spread
    runs: Sequence[Run]
    members: Sequence[Member]
    near: Store | None = None
    _lost: set[int] = field(default_factory=set, init=False)

    async def place(self) -> None:
        """Puts the shards of all runs in the place of rows of `output`'s own."""
        rooms = {member.number: asyncio.Semaphore(AT_ONCE) for member in self.members}
        tables = [
            (writer, [run for run in self.runs if run.table == writer.folder]) for writer in self.output.writers()
        ]
        turn = iter(range(1 << 62))
        found = await asyncio.gather(
            *(self._table(writer, runs, rooms, turn) for writer, runs in tables if runs), return_exceptions=True
        )
        for error in found:
            if isinstance(error, Lost):
                raise SynthError(_lost(error)) from error
            if isinstance(error, BaseException):
                raise error

    async def _table(
        self, writer: Drained, runs: Sequence[Run], rooms: dict[int, asyncio.Semaphore], turn: Any
    ) -> None:
        whole = Range(writer.folder, writer.schema, writer.before, distinct=writer.folder == self.output.texts_folder)
        ranges = ranges_of(whole, runs, len(self.members))
        parts = await asyncio.gather(*(self._range(one, runs, rooms, next(turn)) for one in ranges))
        writer.placed = joined(parts, runs, writer.schema)

    async def _range(
        self, range_: Range, runs: Sequence[Run], rooms: dict[int, asyncio.Semaphore], turn: int
    ) -> Reduced:
        error = Lost("no worker is left")
        while left := self._left():
            member = left[turn % len(left)]
            try:
                async with rooms[member.number]:
                    return await self._cut(member, range_, runs)
            except Lost as lost:
                error = lost
                if len(self._left()) == len(left):
                    break  # it is the rows that are not there
        if self.near is None:
            raise error
        return await asyncio.to_thread(self._cut_here, range_, runs, self.near)

    def _left(self) -> list[Member]:
        return [member for member in self.members if member.number not in self._lost]

    async def _cut(self, member: Member, range_: Range, runs: Sequence[Run]) -> Reduced:
        by_node: defaultdict[str, list[str]] = defaultdict(list)
        for run in runs:
            by_node[run.node].append(run.path)
        own = read_range(by_node.pop(HERE, []), range_.low, range_.high)
        readers = [(self._reader(node, member), paths) for node, paths in by_node.items()]
        parts = [await self._answer(reader, reader.link.part(paths, range_)) for reader, paths in readers]
        return await self._answer(member, member.link.reduce(range_, [own, *parts]))

    async def _answer(self, member: Member, asked: Awaitable[T]) -> T:
        try:
            return await asked
        except Lost:
            self._lost.add(member.number)
            raise

    @staticmethod
    def _cut_here(range_: Range, runs: Sequence[Run], store: Store) -> Reduced:
        return reduce(range_, read_range([run.path for run in runs], range_.low, range_.high), store)

    def _reader(self, node: str, near: Member) -> Member:
        """Somebody on that node; the one who reduces, where it is there."""
        there = [member for member in self._left() if member.node == node]
        if not there:
            raise Lost(f"no worker is left on node {node}")
        return near if near in there else there[0]


def _lost(error: Lost) -> Diagnostic:
    return Diagnostic(
        "E0964",
        "a machine was lost while the shards were made",
        notes=(str(error), "nothing was committed; every answer is stored"),
        help="run the same command again: it asks no model for what was answered, and makes the shards anew",
    )
