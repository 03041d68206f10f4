"""What all steps of a row function share: the names in scope, what can be null, the lines so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from compiler import plan
from compiler.model import Symbol
from compiler.passes.lower.precedence import Code
from compiler.passes.lower.row import per
from compiler.passes.lower.scopes import Site
from compiler.types import Type

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

STEP = "    "
Printer = Callable[["RowPrinter", Any, str], Iterator[str]]
P = TypeVar("P", bound=Printer)
PRINTERS: dict[type[plan.Step], Printer] = {}
NOT_OF_ROW = (plan.Axis, plan.Audit)


def prints(kind: type[plan.Step]) -> Callable[[P], P]:
    """Registers what prints a step: from the printer, the step and the indent, its lines."""

    def register(function: P) -> P:
        PRINTERS[kind] = function
        return function

    return register


@dataclass
class RowPrinter:
    """`names` grows with the steps: what a statement declares, later ones can use. So do `kinds`, the types of names

    that can be null although the checker does not say so, `previous`, what `x.previous` prints as, and `columns`:
    (table, column) → the type to store.
    """

    module: Module
    dataset: plan.DatasetPlan
    names: Mapping[Symbol, str] = field(default_factory=dict)
    kinds: Mapping[Symbol, Type] = field(default_factory=dict)
    previous: Mapping[Symbol, Code] = field(default_factory=dict)
    columns: dict[tuple[str, str], Type] = field(default_factory=dict)

    def printed(self) -> str:
        rerun = any(step.times for step in self.dataset.of(plan.Require))
        axes = list(self.lines(self.dataset.of(plan.Axis), STEP))
        deep = STEP * 3 if rerun else STEP
        rest = [step for step in self.dataset.steps if not isinstance(step, NOT_OF_ROW)]
        body = list(self.lines(rest, deep))
        loop = [f"{STEP}while row.unsettled:", f"{STEP * 2}with row.attempt():"] if rerun else []
        head = ["@sgl.function", f"def {self.module.row}(s, row):"]
        return "\n".join([*head, *axes, *loop, *(body or [f"{deep}pass"]), ""])

    def lines(self, steps: Iterable[plan.Step], indent: str) -> Iterator[str]:
        for step in steps:
            yield from PRINTERS[type(step)](self, step, indent)
            yield from per.after(self, step, indent)

    def site(self) -> Site:
        return Site(self.module.model, self.module, locals=self.names, kinds=self.kinds, previous=self.previous)

    def symbol(self, name: str) -> Symbol:
        return self.module.row_symbol(self.dataset, name)

    def declare(self, name: str, kind: Type | None = None) -> str:
        """The Python name of what a step declares; from here on it is in scope, with `kind` where it can be null."""
        symbol, printed = self.symbol(name), self.module.names.local(name)
        self.names = {**self.names, symbol: printed}
        if kind is not None:
            self.learn(symbol, kind)
        return printed

    def learn(self, symbol: Symbol, kind: Type) -> None:
        self.kinds = {**self.kinds, symbol: kind}
