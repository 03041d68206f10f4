"""An ordinary call of one SGLang server in; on its way without a task; its answer, or the fault in its place, told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runtime.engines.begun import Begun, Told
from runtime.engines.protocol import Answer, EngineRejected, Request
from runtime.engines.sglang import wire
from runtime.engines.sglang.grammar import named
from runtime.engines.sglang.line import Line
from runtime.engines.sglang.patience import Waiting


class Generating:
    """It counts among the calls that wait for each other (`waiting`) until it is told or cancelled."""

    __slots__ = ("_begun", "_finished", "_line", "_request", "_told", "_waiting")

    def __init__(
        self, line: Line, request: Request, waiting: Waiting, finished: Callable[[Answer], Answer], told: Told
    ) -> None:
        self._line, self._request, self._waiting = line, request, waiting
        self._finished, self._told = finished, told
        self._begun: Begun | None = None

    def begin(self, body: bytes, rid: str) -> bool:
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
        self._told(self._read(data))

    def _read(self, data: Any) -> Answer | BaseException:
        if isinstance(data, EngineRejected):
            fault = named(data, self._request.constraint)
            if fault is not data:
                fault.__cause__ = data
            return fault
        if isinstance(data, BaseException):
            return data
        try:
            with wire.reading(self._line.name, "/generate"):
                return self._finished(wire.answer_of(data, self._line.name))
        except Exception as fault:  # there is nobody above who could be told
            return fault
