"""Questions of candidates, from any worker, in; what the statements that look at the whole table say to them, out.

They wait here as they would on one machine. A candidate that is run again, for its worker was lost, is told the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from compiler import plan
from runtime.bridge import await_
from runtime.build.duplicates import Duplicates
from runtime.build.meanings import EncoderOf
from runtime.scheduler.groups import Groups
from runtime.tables.keys import Key, print_key

Enter = Callable[[str, int, tuple[str, Any]], Coroutine[Any, Any, str | None]]
"""(step, index, printed key and prepared value) → the printed key of the candidate it duplicates, or None."""


class Numbered(Duplicates):
    """The `dedup` statements of a dataset, for candidates that come from several processes."""

    def __init__(self, dataset: plan.DatasetPlan, encoder: EncoderOf) -> None:
        super().__init__(dataset, encoder)
        self._found: dict[tuple[str, int], str] = {}
        self._asked: dict[tuple[str, int], asyncio.Task[str | None]] = {}

    def forget(self, indexes: Iterable[int]) -> None:
        """Candidates that nobody will run again."""
        for step in self._seen:
            for index in indexes:
                self._found.pop((step, index), None)

    async def enter(self, step: str, index: int, prepared: tuple[str, Any]) -> str | None:
        place = step, index
        if index < self._gates[step].turn and place not in self._asked:
            return self._found.get(place)
        if place not in self._asked:
            self._asked[place] = asyncio.ensure_future(self._enter(step, index, prepared))
        return await asyncio.shield(self._asked[place])

    async def _enter(self, step: str, index: int, prepared: tuple[str, Any]) -> str | None:
        try:
            found = await self._gates[step].enter(index, prepared)
        finally:
            del self._asked[step, index]
        if found is not None:
            self._found[step, index] = found.of
        return found.of if found else None


class Asking(Duplicates):
    """The same as a worker sees it: it prepares values, and asks who has them all."""

    def __init__(self, dataset: plan.DatasetPlan, encoder: EncoderOf, enter: Enter) -> None:
        super().__init__(dataset, encoder)
        self._enter = enter

    def admit(self, step: str, index: int, key: Key, value: Any) -> str | None:
        return await_(self._enter(step, index, (print_key(key), self._seen[step].prepare(value))))

    def leave(self, index: int) -> None:
        """Who has them all is told of every end."""


class Room:
    """`target … per`: whether a candidate's group lacks rows. Answers are remembered until the candidate is past."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._told: dict[int, asyncio.Task[bool]] = {}
        self._refused: set[int] = set()
        self._past = 0

    async def wanted(self, index: int, group: object) -> bool:
        if index < self._past:
            return index not in self._refused
        if index not in self._told:
            self._told[index] = asyncio.ensure_future(self._groups.admit(index, group))
        return await asyncio.shield(self._told[index])

    def forget(self, indexes: Iterable[int]) -> None:
        """Candidates that nobody will run again."""
        self._refused.difference_update(indexes)

    def passed(self, index: int) -> None:
        """Candidates come past in order."""
        self._past = index + 1
        task = self._told.pop(index, None)
        if task is not None and task.done() and not task.cancelled() and not task.result():
            self._refused.add(index)
