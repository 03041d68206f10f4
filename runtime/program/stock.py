"""SGLang's own expressions in; what a light state does with each, out. Only for programs that SGLang was loaded for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sglang.lang.ir import SglConstantText, SglExpr, SglExprList, SglGen, SglRoleBegin, SglRoleEnd, SglSelect

from runtime.engines.backend import constraint_of, sampling_of
from runtime.program.state import State, Turns

Taker = Callable[[State, Any], None]


class StockTurns(Turns, SglExprList):  # type: ignore[misc]
    """Whole messages, of which SGLang reads the parts."""

    node_id, prev_node, pid = -1, None, None

    @property
    def expr_list(self) -> list[SglExprList]:
        return [SglExprList([SglRoleBegin(role), text, SglRoleEnd(role)]) for role, text in self.turns]


def taker(other: object) -> Taker | None:
    """None for what is no expression of SGLang's."""
    if isinstance(other, SglExpr) and type(other) not in _TAKERS:
        raise ValueError(f"Unknown type: {type(other)}")
    return _TAKERS.get(type(other))


def _list(state: State, expr: Any) -> None:
    for part in expr.expr_list:
        state.take(part)


def _gen(state: State, expr: Any) -> None:
    params = expr.sampling_params
    state.generate(expr.name, sampling_of(params), constraint_of(params))


_TAKERS: dict[type, Taker] = {
    StockTurns: State.turns,
    SglConstantText: lambda state, expr: state.fill(str(expr.value)),
    SglExprList: _list,
    SglRoleBegin: lambda state, expr: state.begin(expr.role),
    SglRoleEnd: lambda state, expr: state.end(expr.role),
    SglGen: _gen,
    SglSelect: lambda state, expr: state.choose(expr.name, expr.choices),
}
