"""An `emit` in; its lines out: one row, or a loop that makes one for each element."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword

from compiler import plan
from compiler.passes.lower import expressions
from compiler.passes.lower.layout import Bracket, Doc, Leaf, Prefixed, call, literal, statement, text
from compiler.passes.lower.nulls import or_null, with_nulls
from compiler.passes.lower.row.elements import clause
from compiler.passes.lower.row.printer import STEP, RowPrinter, prints
from compiler.passes.lower.scopes import Site
from compiler.prelude import EMITS
from compiler.types import CONVERSATION, List, Type


@prints(plan.Emit)
def emit(row: RowPrinter, step: plan.Emit, indent: str) -> Iterator[str]:
    site, places = row.site(), list[str]()
    for node in step.fors:
        found = clause(node, site, row)
        places.append("at" if not places else f"at_{len(places) + 1}")
        targets = found.targets[0] if len(found.targets) == 1 else f"({', '.join(found.targets)})"
        head = "row.elements" if len(found.targets) == 1 else "row.elements_of"
        yield statement(f"for {places[-1]}, {targets} in ", call(head, found.iterable), ":", indent)
        site, indent = found.site, indent + STEP
    named: dict[str, Doc] = {"split": expressions.source(step.split, site)} if step.split is not None else {}
    if places:
        named["position"] = Leaf(f"({', '.join(places)}{',' if len(places) == 1 else ''})")
    columns = [_column(row, step.table, column, site) for column in step.columns]
    for at, (name, value) in enumerate(columns):
        if _may_lack_messages(step, name, row.columns[step.table, name]):
            local = _unused(row.module.names.local(name), site)
            yield statement(f"{local} = ", value, indent=indent)
            yield statement("", call("row.conversation", text(step.id), text(name), Leaf(local)), indent=indent)
            columns[at] = name, Leaf(local)
    yield statement("", call("row.emit", text(step.table), _record(columns), **named), indent=indent)


def _column(row: RowPrinter, table: str, column: plan.Column, site: Site) -> tuple[str, Doc]:
    if column.value is not None:
        row.columns[table, column.name] = with_nulls(column.value, site)
        return column.name, expressions.source(column.value, site)
    assert column.spread is not None
    kind = site.type_of(column.spread)
    found = expressions.field(expressions.code(column.spread, site), column.name, kind)
    row.columns[table, column.name] = or_null(column.type, found.nullable)
    return column.name, found.doc


def _may_lack_messages(step: plan.Emit, column: str, kind: Type) -> bool:
    """Whether the emit's kind wants a conversation there, and a row may find null where its type says there is none."""
    plain = expressions.base_type(kind)
    wanted = any((column, CONVERSATION) in shape for shape in EMITS.get(step.kind or "", ()))
    return wanted and isinstance(plain, List) and expressions.can_be_null(plain.element)


def _unused(name: str, site: Site) -> str:
    """A name that no statement of the spec has."""
    while name in site.locals.values():
        name += "_"
    return name


def _record(columns: list[tuple[str, Doc]]) -> Doc:
    """`dict(a=…)` where every name is an identifier, else `{"a b": …}`."""
    if all(name.isidentifier() and not iskeyword(name) for name, _ in columns):
        return Bracket("dict(", tuple(Prefixed(f"{name}=", doc) for name, doc in columns), ")")
    return Bracket("{", tuple(Prefixed(f"{literal(name)}: ", doc) for name, doc in columns), "}")
