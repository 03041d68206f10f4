"""A judge and its arguments in; its verdict, asked for once per distinct arguments at temperature 0, out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runtime.program.ask import ask
from runtime.program.trace import Event
from runtime.program.values import Verdict

if TYPE_CHECKING:
    from runtime.program.row import Row


class Verdicts:
    """What the judges said of one row so far."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self._said: dict[object, Verdict] = {}

    def yes_or_no(
        self, name: str, function: Any, role: str, arguments: Mapping[str, object], threshold: float
    ) -> Verdict:
        """From the probability of yes among yes and no."""
        place = (name, *((key, repr(value)) for key, value in arguments.items()))
        if place not in self._said:
            self._said[place] = self._ask(name, function, role, arguments, threshold, len(self._said))
        self.row.values[name] = bool(self._said[place])
        return self._said[place]

    def _ask(
        self, name: str, function: Any, role: str, arguments: Mapping[str, object], threshold: float, count: int
    ) -> Verdict:
        row = self.row
        if name in row.stage.mocks:
            value = row.mocked(name)
            row.events.append(Event(cell=name, kind="judge", element=count, value=value, arguments=arguments))
            return Verdict(value if isinstance(value, (bool, int)) else bool(value))
        reply = ask(function, arguments, row.stage.role(role), 0, None, {"temperature": 0.0}, name)
        p = reply.answer.probability("yes")
        verdict = Verdict(p >= threshold, p)
        row.events.append(
            Event(
                cell=name,
                kind="judge",
                element=count,
                value=bool(verdict),
                p=p,
                prompt=function.func.__name__,
                arguments=arguments,
                role=role,
                **reply.provenance(),
            )
        )
        return verdict
