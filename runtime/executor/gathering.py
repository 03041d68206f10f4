"""Runs of a dataset's tables in; each table's shards, made and put by the workers, a range of keys each, out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.executor.mapping import Member
from runtime.executor.messages import Run
from runtime.executor.port import Lost
from runtime.executor.reduction import Range, Reduced, joined, ranges_of
from runtime.executor.runs import read_range
from runtime.executor.writing import Drained, Spread

HERE = ""
"""The node of runs that the driver itself wrote: it sends what is in them."""
AT_ONCE = 2
"""Ranges that a worker has at the same time: one is cut while the next one's rows come."""


@dataclass
class Gathering:
    """`members` are the workers that are left; runs are read by those on whose nodes they lie."""

    output: Spread
    runs: Sequence[Run]
    members: Sequence[Member]

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
        member = self.members[turn % len(self.members)]
        async with rooms[member.number]:
            by_node: defaultdict[str, list[str]] = defaultdict(list)
            for run in runs:
                by_node[run.node].append(run.path)
            own = read_range(by_node.pop(HERE, []), range_.low, range_.high)
            parts = [await self._reader(node, member).link.part(paths, range_) for node, paths in by_node.items()]
            return await member.link.reduce(range_, [own, *parts])

    def _reader(self, node: str, near: Member) -> Member:
        """Somebody on that node; the one who reduces, where it is there."""
        there = [member for member in self.members if member.node == node]
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
