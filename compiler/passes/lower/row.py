"""A dataset's steps in; the row function, which is the control flow of one candidate, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import TYPE_CHECKING

from compiler import plan
from compiler.constant import UNKNOWN
from compiler.model import Kind, Symbol
from compiler.passes.lower import calls, expressions
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Doc, Leaf, Prefixed, call, literal, statement, text, value
from compiler.passes.lower.nulls import or_null, with_nulls
from compiler.passes.lower.scopes import Site
from compiler.types import ANY, Type
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

# SGLang's names for our settings.
SETTINGS = {"max_tokens": "max_new_tokens"}


@dataclass
class RowPrinter:
    """`names` grows with the steps: what a statement declares, later ones can use. So do `kinds`, the types of names

    that can be null although the checker does not say so, and `columns`: (table, column) → the type to store.
    """

    module: Module
    dataset: plan.DatasetPlan
    names: dict[Symbol, str] = field(default_factory=dict)
    kinds: dict[Symbol, Type] = field(default_factory=dict)
    columns: dict[tuple[str, str], Type] = field(default_factory=dict)

    def printed(self) -> str:
        indent = "    "
        rerun = any(isinstance(step, plan.Require) and step.times for step in self.dataset.steps)
        axes = [line for step in self.dataset.of(plan.Axis) for line in self._line(step, indent)]
        deep = indent * 3 if rerun else indent
        rest = [step for step in self.dataset.steps if not isinstance(step, plan.Axis | plan.Audit | plan.Later)]
        body = [line for step in rest for line in self._line(step, deep)]
        loop = [f"{indent}while row.unsettled:", f"{indent * 2}with row.attempt():"] if rerun else []
        head = ["@sgl.function", f"def {self.module.row}(s, row):"]
        return "\n".join([*head, *axes, *loop, *(body or [f"{deep}pass"]), ""])

    def site(self) -> Site:
        return Site(self.module.model, self.module, locals=self.names, kinds=self.kinds)

    def _line(self, step: plan.Step, indent: str) -> Iterator[str]:
        yield PRINTERS[type(step)](self, step, indent)

    def declare(self, step: plan.Axis | plan.Draw | plan.Let | plan.Gen) -> str:
        """The Python name of what a step declares; from here on it is in scope."""
        symbol = self.module.row_symbol(self.dataset, step.name)
        name = self.module.names.local(step.name)
        self.names = {**self.names, symbol: name}
        return name

    # --- steps ---

    def axis(self, step: plan.Axis, indent: str) -> str:
        return statement(f"{self.declare(step)} = ", call("row.axis", text(step.name)), indent=indent)

    def draw(self, step: plan.Draw, indent: str) -> str:
        given = calls.distribution(step.distribution, self.site())
        return statement(f"{self.declare(step)} = ", call("row.draw", text(step.name), given), indent=indent)

    def let(self, step: plan.Let, indent: str) -> str:
        site = self.site()
        given, kind = expressions.source(step.value, site), with_nulls(step.value, site)
        if kind != site.type_of(step.value):
            self.kinds = {**self.kinds, self.module.row_symbol(self.dataset, step.name): kind}
        return statement(f"{self.declare(step)} = ", call("row.let", text(step.name), given), indent=indent)

    def gen(self, step: plan.Gen, indent: str) -> str:
        site = self.site()
        node = self.module.prompt_node(self.dataset, step.prompt)
        items = (
            text(step.name),
            Leaf(self.module.functions[node]),
            Leaf(self.module.shapes[step.name]),
            self._role(step, site),
            self._arguments(step, node, site),
        )
        named = self._options(step, site)
        return statement(f"{self.declare(step)} = ", call("row.gen", *items, **named), indent=indent)

    def _role(self, step: plan.Gen, site: Site) -> Doc:
        """A role by its name; a draw over roles by the value drawn."""
        for symbol, name in self.names.items():
            if symbol.name == step.role and symbol.kind is Kind.DRAW:
                return Leaf(name)
        return text(step.role)

    def _arguments(self, step: plan.Gen, node: tree.Node, site: Site) -> Doc:
        types = self.module.parameter_types(node)
        pairs = ((name, site.argument(given, types.get(name, ANY)).doc) for name, given in step.arguments)
        return Bracket("dict(", tuple(Prefixed(f"{mangle(name)}=", doc) for name, doc in pairs), ")")

    def _options(self, step: plan.Gen, site: Site) -> dict[str, Doc]:
        named: dict[str, Doc] = {}
        if step.condition is not None:
            named["when"] = expressions.source(step.condition, site)
        if step.attempts != 3:
            named["attempts"] = value(step.attempts)
        if step.salt != step.name:
            named["salt"] = text(step.salt)
        for setting in step.settings:
            name = SETTINGS.get(setting.name.text, setting.name.text)
            known = self.module.evaluator.evaluate(setting.value)
            named[name] = expressions.source(setting.value, site) if known is UNKNOWN else value(known)
        return named

    def require(self, step: plan.Require, indent: str) -> str:
        named: dict[str, Doc] = {"retry": value(step.times)} if step.times else {}
        if step.times:
            named["rerun"] = _names(step.reruns)
        items = (text(step.id), expressions.source(step.condition, self.site()))
        return statement("", call("row.require", *items, **named), indent=indent)

    def filter(self, step: plan.Filter, indent: str) -> str:
        condition = expressions.source(step.condition, self.site())
        return statement("", call("row.filter", text(step.id), condition), indent=indent)

    def flag(self, step: plan.Flag, indent: str) -> str:
        condition = expressions.source(step.condition, self.site())
        return statement("", call("row.flag", text(step.id), condition), indent=indent)

    def dedup(self, step: plan.Dedup, indent: str) -> str:
        given = self.site().as_text(step.value).doc
        return statement("", call("row.dedup", text(step.id), given), indent=indent)

    def emit(self, step: plan.Emit, indent: str) -> str:
        columns = [self._column(step.table, column) for column in step.columns]
        return statement("", call("row.emit", text(step.table), _record(columns)), indent=indent)

    def _column(self, table: str, column: plan.Column) -> tuple[str, Doc]:
        site = self.site()
        if column.value is not None:
            self.columns[table, column.name] = with_nulls(column.value, site)
            return column.name, expressions.source(column.value, site)
        assert column.spread is not None
        kind = site.type_of(column.spread)
        found = expressions.field(expressions.code(column.spread, site), column.name, kind)
        self.columns[table, column.name] = or_null(column.type, found.nullable)
        return column.name, found.doc


def _record(columns: list[tuple[str, Doc]]) -> Doc:
    """`dict(a=…)` where every name is an identifier, else `{"a b": …}`."""
    if all(name.isidentifier() and not iskeyword(name) for name, _ in columns):
        return Bracket("dict(", tuple(Prefixed(f"{name}=", doc) for name, doc in columns), ")")
    return Bracket("{", tuple(Prefixed(f"{literal(name)}: ", doc) for name, doc in columns), "}")


def _names(names: tuple[str, ...]) -> Doc:
    """A tuple of strings; a trailing comma where there is one."""
    items = [literal(name) for name in names]
    return Leaf(f"({items[0]},)") if len(items) == 1 else Bracket("(", tuple(map(Leaf, items)), ")")


PRINTERS: Mapping[type[plan.Step], Callable[..., str]] = {
    plan.Axis: RowPrinter.axis,
    plan.Draw: RowPrinter.draw,
    plan.Let: RowPrinter.let,
    plan.Gen: RowPrinter.gen,
    plan.Require: RowPrinter.require,
    plan.Filter: RowPrinter.filter,
    plan.Flag: RowPrinter.flag,
    plan.Dedup: RowPrinter.dedup,
    plan.Emit: RowPrinter.emit,
}
