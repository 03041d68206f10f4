"""Calls with a prompt in; one exchange of `/generate`, on its way without a task; its end, or the fault, told, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from runtime.engines.begun import Begun, Told, ToldAll
from runtime.engines.protocol import Answer, Constraint, EngineRejected, Request
from runtime.engines.rids import rid
from runtime.engines.sglang import wire
from runtime.engines.sglang.bodies import Bodies
from runtime.engines.sglang.grammar import named
from runtime.engines.sglang.line import Line
from runtime.engines.sglang.patience import Patience, Waiting


class Starter:
    """Begins the exchanges of one engine. `finished` adds to an answer what its server is known for."""

    def __init__(self, line: Line, patience: Patience, finished: Callable[[Answer], Answer]) -> None:
        self._line, self._patience, self._finished = line, patience, finished
        self._bodies = Bodies(line.name)

    def one(self, request: Request, prompt: str, takes_seeds: bool, together: int | None, told: Told) -> Begun | None:
        name = rid()
        body = self._bodies.written(request, prompt, name, takes_seeds)
        waiting = self._patience.of(request.sampling.max_tokens, together=together)
        call = Generating(self._line, request.constraint, waiting, self._answer, told)
        return call if call.begin(body, name) else None

    def several(
        self, requests: Sequence[Request], prompt: str, takes_seeds: bool, together: int | None, told: ToldAll
    ) -> Begun | None:
        """Of requests that differ in their seeds."""
        first, name, count = requests[0], rid(), len(requests)
        names = [f"{name}_{index}" for index in range(count)]
        body = {**wire.batch_body(requests, prompt, self._line.name, takes_seeds), "rid": names}
        waiting = self._patience.of(first.sampling.max_tokens, calls=count, together=together)
        call = Generating(self._line, first.constraint, waiting, partial(self._answers, count), told)
        return call if call.begin(body, names) else None

    def _answer(self, data: Any) -> Answer:
        return self._finished(wire.answer_of(data, self._line.name))

    def _answers(self, count: int, data: Any) -> list[Answer]:
        return [self._answer(item) for _, item in zip(range(count), data, strict=True)]


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
