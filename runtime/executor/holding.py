"""Ends of a worker's candidates in; those that wait for a verdict, and runs of those that belong to the tables, out."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from compiler import plan
from runtime.build.decided import Decided
from runtime.build.recorded import RecordedGens
from runtime.build.selection import End
from runtime.executor.messages import Sealed
from runtime.executor.writing import Spread, no_put
from runtime.scratch import Spool

SEAL_BYTES = 32 * 1024 * 1024
"""Of rows that only this worker has; what it would have to run again."""
SEAL_ROWS = 100_000


class Holding:
    """What waits lies on disk where all candidates wait for the last one."""

    def __init__(
        self, dataset: plan.DatasetPlan, told: Decided, folder: Path, node: str, recorded: RecordedGens | None = None
    ) -> None:
        self._dataset, self._told, self._folder, self._node = dataset, told, folder, node
        self._recorded = recorded
        self._spool = Spool() if dataset.of(plan.Select) else None
        self._waiting: dict[int, tuple[int, End | int]] = {}
        self._positions: defaultdict[int, list[int]] = defaultdict(list)
        self._count = 0
        self._output = self._fresh()

    def _fresh(self) -> Spread:
        return Spread(self._dataset, no_put, before=self._recorded)

    def close(self) -> None:
        """What is not safe yet goes."""
        with self._output:
            self._waiting.clear()

    # --- until its verdict ---

    @property
    def waits(self) -> bool:
        return bool(self._waiting)

    def hold(self, block: int, position: int, end: End) -> None:
        if self._spool is None:
            self._waiting[position] = block, end
        else:
            self._waiting[position] = block, len(self._spool)
            self._spool.append(end)

    def release(self, position: int) -> tuple[int, End] | None:
        found = self._waiting.pop(position, None)
        if found is None:
            return None
        block, held = found
        if isinstance(held, End):
            return block, held
        assert self._spool is not None
        return block, self._spool[held]

    def drop_from(self, stop: int) -> None:
        for position in [position for position in self._waiting if position >= stop]:
            del self._waiting[position]

    # --- until it is safe ---

    def write(self, block: int, position: int, end: End) -> None:
        self._output.take(end, self._told)
        self.pass_over(block, position)

    def pass_over(self, block: int, position: int) -> None:
        """It is done with, and leaves no row."""
        self._positions[block].append(position)
        self._count += 1

    @property
    def full(self) -> bool:
        return self._count >= SEAL_ROWS or (self._count % 256 == 0 and self._output.size >= SEAL_BYTES)

    def seal(self) -> Sealed | None:
        """None where nothing happened since the last time."""
        if not self._positions:
            return None
        with self._output as output:
            sealed = output.sealed(self._folder, self._node, dict(self._positions))
        self._positions.clear()
        self._count = 0
        self._output = self._fresh()
        return sealed
