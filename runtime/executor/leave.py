"""Calls that a worker wants to make in; leave for each out of the driver's budget: all workers spend from one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NoReturn

from runtime.build.budget import Allowance, Need
from runtime.build.progress import Progress
from runtime.config.model import Budget

AskLeave = Callable[[Need], Awaitable[None]]
Back = Callable[[Need], None]


class Leave(Allowance):
    """As a worker sees the budget. Where there is none, nobody is asked. Minutes: those that are left at its start."""

    def __init__(self, budget: Budget, ask: AskLeave, back: Back, over: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(budget)
        self._ask, self._back, self._stopped = ask, back, over

    async def take(self, need: Need, progress: Progress) -> None:
        await self._ask(need)

    def give_back(self, need: Need) -> None:
        self._back(need)

    async def stop(self, name: str, progress: Progress, need: Need | None = None) -> NoReturn:
        """The driver ends the build, when nothing is in flight anywhere."""
        await self._stopped(name)
        raise AssertionError("a build that is over answers nobody")

    def calls_left(self, wanted: int) -> int:
        return wanted


def left_of(allowance: Allowance) -> Budget:
    """The budget, with as many minutes as are left of it."""
    budget = allowance.budget
    if budget.minutes is None:
        return budget
    return replace(budget, minutes=max(0.0, budget.minutes - (allowance.clock() - allowance.start) / 60))


class Leaves:
    """What each worker has leave for and has not given back: a lost one gives it all back."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._out: dict[int, Counter[Need]] = {}

    async def take(self, worker: int, need: Need, progress: Progress) -> None:
        await self._allowance.take(need, progress)
        self._out.setdefault(worker, Counter())[need] += 1

    def give_back(self, worker: int, need: Need) -> None:
        out = self._out.get(worker, Counter())
        if out[need] > 0:
            out[need] -= 1
            self._allowance.give_back(need)

    def end(self) -> None:
        """No worker makes calls any more; of some that were called off nobody has heard."""
        for worker in list(self._out):
            self.lost(worker)

    def lost(self, worker: int) -> None:
        for need in self._out.pop(worker, Counter()).elements():
            self._allowance.give_back(need)
