"""A printed program's function and its arguments in; the request that its `gen` makes, and the state it leaves, out.

The same functions run under SGLang's own interpreter, which a person who runs a program by hand has. That one serves
threads, streams, forks and images; a build needs none of these, and pays for them with every call. This one takes the
expressions that printed programs append (`s += …`) and makes of them what SGLang makes, message for message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from sglang.lang.ir import SglConstantText, SglExpr, SglExprList, SglGen, SglRoleBegin, SglRoleEnd, SglSelect

from runtime.engines.backend import Call, Said, SglBackend
from runtime.engines.protocol import Message, OpenRole, Role


class Turns(SglExprList):  # type: ignore[misc]
    """Whole messages as one SGLang expression: those who know it take `turns`, SGLang reads its parts."""

    node_id, prev_node, pid = -1, None, None

    def __init__(self, turns: list[tuple[str, str]]) -> None:
        self.turns = turns

    @property
    def expr_list(self) -> list[SglExprList]:
        return [SglExprList([SglRoleBegin(role), text, SglRoleEnd(role)]) for role, text in self.turns]


def run(function: Any, arguments: Mapping[str, Any], call: Call, backend: SglBackend) -> State:
    """Runs a prompt's function inline. The engine's faults come out as they are."""
    state = State(backend, call)
    function.func(state, **{**arguments, "call": call, **function.bind_arguments})
    return state


class State:
    """What a program appends to. `state["answer"]` is what its `gen` of that name brought."""

    __slots__ = ("_backend", "_call", "_messages", "_open", "_role", "_text", "_variables")

    def __init__(self, backend: SglBackend, call: Call) -> None:
        self._backend, self._call = backend, call
        self._messages: list[Message] = []
        self._role: str | None = None
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
        self._take(other)
        return self

    def _take(self, other: Any) -> None:
        taker = _TAKERS.get(type(other))
        if taker is None:
            assert isinstance(other, str | SglExpr), f"{other}"
            taker = next((found for kind, found in _TAKERS.items() if isinstance(other, kind)), None)
            if taker is None:
                raise ValueError(f"Unknown type: {type(other)}")
        taker(self, other)

    def _turns(self, expr: Turns) -> None:
        for role, text in expr.turns:
            self._begin(role)
            self._fill(text)
            self._end(role)

    def _list(self, expr: Any) -> None:
        for part in expr.expr_list:
            self._take(part)

    def _fill(self, value: str) -> None:
        self._open += value
        self._text.append(value)

    def _begin(self, role: str) -> None:
        assert self._role is None, "Nested roles are not allowed."
        self._role, self._open = role, ""

    def _end(self, role: str) -> None:
        self._role = None
        self._messages.append(Message(cast(Role, role), self._open.lstrip()))

    def _gen(self, expr: Any) -> None:
        self._answered(expr.name, self._backend.continued(self._call, self._said(), expr.sampling_params))

    def _select(self, expr: Any) -> None:
        self._answered(expr.name, self._backend.chosen(self._call, self._said(), expr.choices).text)

    def _said(self) -> Said:
        if self._role is None:
            return Said((), None, self.text())
        return Said(tuple(self._messages), cast(OpenRole, self._role), self._open)

    def _answered(self, name: str | None, text: str) -> None:
        self._variables[name] = text
        self._fill(text)


_TAKERS: dict[type, Callable[[State, Any], None]] = {
    Turns: State._turns,
    str: lambda state, text: state._fill(str(text)),
    SglConstantText: lambda state, expr: state._fill(str(expr.value)),
    SglExprList: State._list,
    SglRoleBegin: lambda state, expr: state._begin(expr.role),
    SglRoleEnd: lambda state, expr: state._end(expr.role),
    SglGen: State._gen,
    SglSelect: State._select,
}
