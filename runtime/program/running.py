"""A tool and its texts in; what it said, as a plain dict, out: run once for each place, and again for other texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from compiler.functions import library as fn
from compiler.functions.plain import plain
from compiler.prelude import RESULT_PROPERTIES, TOOLS
from runtime.program.outcome import Unanswered
from runtime.program.trace import Event

if TYPE_CHECKING:
    from runtime.program.row import Row
    from runtime.tools.call import ToolCall, ToolName

_COUNTS = ("passed", "failed", "errors")


class Runs:
    """The sandboxed runs of one row."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def run(self, name: str, tool: str, arguments: Sequence[Any], at: int, limits: Mapping[str, Any]) -> Any:
        """Null when an argument is: there is nothing to run."""
        if any(argument is None for argument in arguments):
            return None
        texts, limits = [str(fn.str_(argument)) for argument in arguments], plain(limits)
        slot, question = (name, self.row.round, int(at), 0), (tool, texts, limits)
        known = self.row.memory.recall(slot, question)
        if known is not None:
            return known[1]
        result = self._result(name, tool, texts, int(at), limits)
        self.row.memory.keep(slot, question, result)
        event = Event(
            cell=name,
            kind="run",
            round=slot[1],
            element=slot[2],
            attempt=self.row.memory.next_attempt(slot),
            value=result,
            call=None if name in self.row.stage.mocks else call_of(tool, texts, limits).digest.hex(),
            prompt=tool,
            arguments={"texts": texts, **limits},
        )
        self.row.events.append(event)
        return result

    def _result(
        self, name: str, tool: str, texts: list[str], element: int, limits: Mapping[str, Any]
    ) -> dict[str, Any]:
        if name in self.row.stage.mocks:
            return completed(tool, self.row.mocked(name, element, 0))
        try:
            return self.row.stage.tool(tool, texts, limits)
        except Unanswered:
            raise Unanswered(name) from None


def call_of(tool: str, texts: Sequence[str], limits: Mapping[str, Any]) -> ToolCall:
    """The run as the sandbox knows it, and the key under which its result is stored."""
    from runtime.tools.call import Limits, ToolCall

    return ToolCall(cast("ToolName", tool), tuple(texts), Limits.of(limits))


def completed(tool: str, mock: Any) -> dict[str, Any]:
    """A mocked result says what matters to a test; what it leaves out is what a reader would take for granted.

    Counts are 0, texts empty, lists empty and there is no reason; it is `ok` if nothing failed and no reason is given,
    and the exit code says the same. A run that is not ok and counts nothing failed one test.
    """
    given = {key: value for key, value in mock.items() if value is not None}
    bad = bool(given.get("failed") or given.get("errors") or given.get("exit_code") or given.get("reason"))
    ok = given.get("ok", not bad)
    counted = any(count in given for count in _COUNTS) or "reason" in given
    usual = {
        "ok": ok,
        "output": "",
        "reason": None,
        "exit_code": 0 if ok else 1,
        "passed": 0,
        "failed": 0 if ok or counted else 1,
        "errors": 0,
        "rows": [],
        "columns": [],
    }
    names = [name for name, _ in (*RESULT_PROPERTIES, *TOOLS[tool].properties)]
    return {**{name: usual.get(name) for name in names}, **given}
