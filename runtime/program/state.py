"""A printed program's function and its arguments in; the request that its `gen` makes, and the state it leaves, out.

The same functions run under SGLang's own interpreter, which a person who runs a program by hand has. That one serves
threads, streams, forks and images; a build needs none of these, and would pay for them with every call. This one takes
what printed programs append (`s += …`) and makes of it what SGLang makes, message for message.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtime.engines.asking import PLAIN_GEN, Backend, Call, Said
from runtime.engines.protocol import Constraint, Message, OpenRole, Role, Sampling
from runtime.program.frontend import Expression, Gen, Joined, Select, Turn

NESTED = "Nested roles are not allowed."
_STOCK = "sglang.lang.ir"
"""Where SGLang is not loaded, there are no expressions of its own, and nobody to read ours as such."""


class Turns(Expression):
    """Whole messages, as (role, content)."""

    def __init__(self, turns: list[tuple[Role, str]]) -> None:
        self.turns = turns


def turns(found: list[tuple[Any, str]]) -> Turns:
    """The messages as an expression, of SGLang's kind too where SGLang is there to run the program."""
    if _STOCK not in sys.modules:
        return Turns(found)
    from runtime.program.stock import StockTurns

    return StockTurns(found)


def run(function: Any, arguments: Mapping[str, Any], call: Call, backend: Backend) -> State:
    """Runs a prompt's function inline. The engine's faults come out as they are."""
    state = State(backend, call)
    function.func(state, **arguments, call=call)
    return state


class State:
    """What a program appends to."""

    __slots__ = ("_backend", "_call", "_messages", "_open", "_role", "_text", "_variables")

    def __init__(self, backend: Backend, call: Call) -> None:
        self._backend, self._call = backend, call
        self._messages: list[Message] = []
        self._role: OpenRole | None = None
        self._open = ""
        self._text: list[str] = []
        self._variables: dict[str | None, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._variables[name]

    def messages(self) -> list[dict[str, str]]:
        return [{"role": message.role, "content": message.content} for message in self._messages]

    def text(self) -> str:
        return "".join(self._text)

    def __iadd__(self, other: object) -> State:
        if other is None:
            raise ValueError("Tried to append None to state.")
        self.take(other)
        return self

    def take(self, other: Any) -> None:
        taker = _TAKERS.get(type(other)) or _taker(other)
        taker(self, other)

    def turns(self, expr: Turns) -> None:
        assert self._role is None, NESTED
        for role, text in expr.turns:
            self._text.append(text)
            self._messages.append(Message(role, text.lstrip()))

    def turn(self, expr: Turn) -> None:
        self.begin(expr.role)
        self.take(expr.inner)
        self.end(expr.role)

    def joined(self, expr: Joined) -> None:
        for part in expr.parts:
            self.take(part)

    def fill(self, value: str) -> None:
        self._open += value
        self._text.append(value)

    def begin(self, role: Any) -> None:
        assert self._role is None, NESTED
        self._role, self._open = role, ""

    def end(self, role: Any) -> None:
        self._role = None
        self._messages.append(Message(role, self._open.lstrip()))

    def generate(self, name: str | None, sampling: Sampling = PLAIN_GEN, constraint: Constraint | None = None) -> None:
        self._answered(name, self._backend.continued(self._call, self._said(), sampling, constraint))

    def choose(self, name: str | None, choices: Sequence[str]) -> None:
        self._answered(name, self._backend.chosen(self._call, self._said(), choices).text)

    def _said(self) -> Said:
        if self._role is None:
            return Said((), None, self.text())
        return Said(tuple(self._messages), self._role, self._open)

    def _answered(self, name: str | None, text: str) -> None:
        self._variables[name] = text
        self.fill(text)


_TAKERS: dict[type, Callable[[State, Any], None]] = {
    Turns: State.turns,
    Turn: State.turn,
    Joined: State.joined,
    Gen: lambda state, expr: state.generate(expr.name),
    Select: lambda state, expr: state.choose(expr.name, expr.choices),
    str: State.fill,
}


def _taker(other: object) -> Callable[[State, Any], None]:
    """For what a build does not meet often: generated text, and SGLang's own expressions."""
    if isinstance(other, str):
        return lambda state, text: state.fill(str(text))
    found = None
    if _STOCK in sys.modules:
        from runtime.program import stock

        found = stock.taker(other)
    assert found is not None, f"{other}"
    return found
