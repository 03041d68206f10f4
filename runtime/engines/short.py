"""A call to one server in; on its way without a task; the JSON of its answer, or the fault in its place, told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runtime.engines.attempts import Call
from runtime.engines.begun import InTask
from runtime.engines.http import ConnectionLost, Sent
from runtime.engines.reader import HttpAnswer

if TYPE_CHECKING:
    from runtime.engines.exchange import Exchange, Lane


class Short:
    """It has entered the server's load. A good answer is told at once; with any other end a task goes on from there."""

    __slots__ = ("_answers", "_call", "_exchange", "_lane", "_mark", "_task", "_told", "_way")

    def __init__(self, exchange: Exchange, lane: Lane, call: Call, told: Callable[[Any], None]) -> None:
        self._exchange, self._lane, self._call, self._told = exchange, lane, call, told
        self._mark, self._answers = lane.load.mark, lane.load.answers
        self._task: InTask | None = None
        self._way: Sent | None = lane.pool.begin(call.method, call.path, call.data, call.patience, self._came)
        call.attempts = 1
        if self._way is None:  # what stood open was closed by the server
            self._go_on(ConnectionLost("the server closed the connection", untouched=True))

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        elif self._way is not None:
            self._way.cancel()
            self._way = None
            self._exchange.left(self._lane, self._call)

    def _came(self, answer: HttpAnswer | Exception) -> None:
        self._way = None  # each would keep the other, for the collector to find
        if not isinstance(answer, HttpAnswer) or answer.status != 200:
            self._go_on(answer)
            return
        try:
            content = self._exchange.good(self._lane, self._call, answer)
        except ValueError as error:
            self._go_on(error)
            return
        except Exception as fault:  # there is nobody above who could be told
            content = fault
        self._told(content)

    def _go_on(self, came: HttpAnswer | Exception) -> None:
        rest = self._exchange.after(self._lane, self._call, came, self._mark, self._answers)
        self._task = InTask(rest, self._told)
