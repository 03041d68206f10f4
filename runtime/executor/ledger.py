"""Blocks that workers were given in; which of them are safe, and what must be run again when a worker is lost, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runtime.executor.messages import Block


@dataclass(slots=True)
class Given:
    """A block that a worker has. What ended was told once; what is sealed outlives the worker."""

    block: Block
    worker: int
    ended: set[int] = field(default_factory=set)
    sealed: set[int] = field(default_factory=set)


class Ledger:
    """Holds what is not safe yet, and forgets a block when all of it is."""

    def __init__(self) -> None:
        self._given: dict[int, Given] = {}
        self._running: Counter[int] = Counter()
        self._number = 0

    def __bool__(self) -> bool:
        return bool(self._given)

    def give(self, worker: int, start: int, stop: int) -> Block:
        self._number += 1
        block = Block(self._number, start, stop)
        self._given[block.number] = Given(block, worker)
        self._running[worker] += len(block)
        return block

    def running(self, worker: int) -> int:
        """Candidates that it was given and that have not ended."""
        return self._running[worker]

    def end(self, worker: int, number: int, position: int) -> bool:
        """Whether this is news: a candidate of a lost worker ends a second time elsewhere."""
        self._running[worker] -= 1
        given = self._given.get(number)
        if given is None or position in given.ended:
            return False
        given.ended.add(position)
        return True

    def seal(self, number: int, positions: Iterable[int]) -> None:
        given = self._given.get(number)
        if given is None:
            return
        given.sealed.update(positions)
        self._forget_if_safe(given)

    def holder(self, number: int) -> int | None:
        """The worker that has the block now."""
        given = self._given.get(number)
        return None if given is None else given.worker

    def held(self) -> Iterator[Given]:
        yield from self._given.values()

    def cut(self, stop: int) -> None:
        """Nothing at `stop` or beyond is wanted."""
        for given in list(self._given.values()):
            block = given.block
            if block.stop > stop:
                given.block = Block(block.number, block.start, max(block.start, stop), block.skip)
            self._forget_if_safe(given)

    def lose(self, worker: int) -> list[int]:
        """The numbers of the blocks that are to be run again."""
        self._running.pop(worker, None)
        return sorted(given.block.number for given in self._given.values() if given.worker == worker)

    def move(self, number: int, worker: int) -> Block:
        """The block as the worker is to run it who takes it over: without what is safe."""
        given = self._given[number]
        block = Block(number, given.block.start, given.block.stop, frozenset(given.sealed))
        given.block, given.worker = block, worker
        self._running[worker] += len(block)
        return block

    def _forget_if_safe(self, given: Given) -> None:
        if sum(given.block.start <= place < given.block.stop for place in given.sealed) >= (
            given.block.stop - given.block.start
        ):
            del self._given[given.block.number]
