"""One exchange of `/generate` in; on its way without a task; what it is read as, or the fault in its place, told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from runtime.engines.begun import Begun
from runtime.engines.protocol import Constraint, EngineRejected
from runtime.engines.sglang import wire
from runtime.engines.sglang.grammar import named
from runtime.engines.sglang.line import Line
from runtime.engines.sglang.patience import Waiting


class Generating:
    """Its calls count among those that wait for each other (`waiting`) until it is told or cancelled."""

    __slots__ = ("_begun", "_constraint", "_line", "_read", "_told", "_waiting")

    def __init__(
        self,
        line: Line,
        constraint: Constraint | None,
        waiting: Waiting,
        read: Callable[[Any], Any],
        told: Callable[[Any], None],
    ) -> None:
        self._line, self._constraint, self._waiting, self._read, self._told = line, constraint, waiting, read, told
        self._begun: Begun | None = None

    def begin(self, body: wire.Json | bytes, rid: str | Sequence[str]) -> bool:
        """Whether it is on its way."""
        self._begun = self._line.begin(body, rid, self._waiting.__enter__(), self._came)
        if self._begun is None:
            self._waiting.__exit__()
        return self._begun is not None

    def cancel(self) -> None:
        if self._begun is not None:
            self._begun.cancel()
            self._over()

    def _over(self) -> None:
        self._begun = None
        self._waiting.__exit__()

    def _came(self, data: Any) -> None:
        self._over()
        self._told(self._fate(data))

    def _fate(self, data: Any) -> Any:
        if isinstance(data, EngineRejected):
            fault = named(data, self._constraint)
            if fault is not data:
                fault.__cause__ = data
            return fault
        if isinstance(data, BaseException):
            return data
        try:
            with wire.reading(self._line.name, "/generate"):
                return self._read(data)
        except Exception as fault:  # there is nobody above who could be told
            return fault
