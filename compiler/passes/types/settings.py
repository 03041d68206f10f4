"""Blocks of `name = value` in; unknown names, wrong types and values out of range reported. One table per block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compiler.passes.types.checker import HERE, Checker, Env
from compiler.passes.types.relations import fits
from compiler.types import ANY, FLOAT, INT, STR, List, Type
from dsl import tree
from dsl.diagnostics import Related, did_you_mean


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a setting takes: a type, a range, and the units that must be written (`10s`)."""

    type: Type
    low: float | None = None
    high: float | None = None
    above: bool = False
    units: tuple[str, ...] = ()

    def admits(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        if self.low is not None and (value < self.low or (self.above and value == self.low)):
            return False
        return self.high is None or value <= self.high

    @property
    def range(self) -> str:
        low = "" if self.low is None else f"above {self.low:g}" if self.above else f"at least {self.low:g}"
        high = "" if self.high is None else f"at most {self.high:g}"
        return " and ".join(part for part in (low, high) if part)


TIME = ("ms", "s", "min", "h")
SIZE = ("KB", "MB", "GB")
SAMPLING: Mapping[str, Allowed] = {
    "temperature": Allowed(FLOAT, 0, 5),
    "top_p": Allowed(FLOAT, 0, 1, above=True),
    "top_k": Allowed(INT, 1),
    "min_p": Allowed(FLOAT, 0, 1),
    "max_tokens": Allowed(INT, 1),
    "stop": Allowed(List(STR)),
    "frequency_penalty": Allowed(FLOAT, -2, 2),
    "presence_penalty": Allowed(FLOAT, -2, 2),
    "repetition_penalty": Allowed(FLOAT, 0, 2, above=True),
}
GEN: Mapping[str, Allowed] = {**SAMPLING, "attempts": Allowed(INT, 1, 100), "salt": Allowed(STR)}
JUDGE: Mapping[str, Allowed] = {
    "threshold": Allowed(FLOAT, 0, 1),
    "accuracy": Allowed(FLOAT, 0, 1),
    "within": Allowed(FLOAT, 0),
}
RUN: Mapping[str, Allowed] = {
    "timeout": Allowed(FLOAT, 0, 3600, above=True, units=TIME),
    "memory": Allowed(INT, 0, above=True, units=SIZE),
}


def settings(
    c: Checker,
    given: Iterable[tree.Setting],
    allowed: Mapping[str, Allowed],
    what: str,
    env: Env = HERE,
    *,
    constant: bool = False,
    elsewhere: tuple[str, ...] = (),
) -> None:
    """Check a block. `constant`: no value may depend on the row. `elsewhere`: names that the caller checks itself."""
    seen: dict[str, tree.Setting] = {}
    for setting in given:
        name = setting.name.text
        first = seen.setdefault(name, setting)
        if first is not setting:
            related = (Related(first.name.span, "set here first"),)
            c.report("E0403", f"`{name}` is set twice", setting.name.span, related=related, help="keep one of them")
        if name in elsewhere:
            continue
        if name in allowed:
            _check(c, setting, allowed[name], env, constant)
        else:
            _report_unknown(c, setting, (*allowed, *elsewhere), what, env)


def _report_unknown(c: Checker, setting: tree.Setting, known: tuple[str, ...], what: str, env: Env) -> None:
    c.infer(setting.value, env)
    c.report(
        "E0320",
        f"{what} has no setting `{setting.name.text}`",
        setting.name.span,
        label=did_you_mean(setting.name.text, known),
        notes=(f"settings: {', '.join(known)}",),
    )


def _check(c: Checker, setting: tree.Setting, allowed: Allowed, env: Env, constant: bool) -> None:
    name = setting.name.text
    if allowed.units and isinstance(setting.value, tree.Quantity) and setting.value.unit not in allowed.units:
        c.report("E0328", f"`{name}` takes another unit", setting.value.span, help=_written(allowed))
        return
    one = allowed.type.element if isinstance(allowed.type, List) else None
    wanted = one if one is not None and not isinstance(setting.value, tree.ListExpr) else allowed.type
    before = len(c.context.diagnostics)
    given = c.infer(setting.value, env, wanted)
    if not fits(given, wanted) and not fits(given, allowed.type):
        c.mismatch(setting.value, given, wanted, f"`{name}`")
    if len(c.context.diagnostics) > before:
        return
    value = c.evaluate(setting.value)
    if not allowed.admits(value):
        c.report("E0319", f"`{name}` must be {allowed.range}", setting.value.span, label=f"this is {value:g}")
    elif allowed.units and not _has_unit(setting.value, allowed.units):
        c.report("E0328", f"`{name}` needs a unit", setting.value.span, help=_written(allowed))
    elif constant and given != ANY and not isinstance(value, int | float | str | list):
        c.report("E0326", f"`{name}` must be known before any row", setting.value.span)


def _written(allowed: Allowed) -> str:
    return f"write `{'10s' if allowed.units is TIME else '512MB'}`; units: {', '.join(allowed.units)}"


def _has_unit(node: tree.Expr, units: tuple[str, ...]) -> bool:
    return not isinstance(node, tree.Constant) and (not isinstance(node, tree.Quantity) or node.unit in units)
