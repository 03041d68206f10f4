"""A `loop`, `next` or `until` in; its lines out: an ordinary Python loop over rounds, left with `break`.

What a loop declares is still there after it. Where a round may not come that far, its names are null from the start.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler import plan
from compiler.model import Symbol
from compiler.passes.lower import axes, expressions
from compiler.passes.lower.layout import call, flat, statement, text
from compiler.passes.lower.nulls import or_null, taking_nulls, with_nulls
from compiler.passes.lower.precedence import leaf
from compiler.passes.lower.row.printer import STEP, RowPrinter, prints
from compiler.passes.plan.prompts import is_previous, previous_name
from compiler.types import Type
from dsl import tree


@prints(plan.Loop)
def loop(row: RowPrinter, step: plan.Loop, indent: str) -> Iterator[str]:
    yield from _starts(row, step, indent)
    unsure = _unsure(step)
    if unsure:
        names = [row.module.names.local(name) for name in unsure]
        yield f"{indent}{' = '.join(names)} = None"
    over = call("row.loop", text(step.name), axes.counted(step.over, row.site()))
    head = statement(f"for {row.declare(step.name)} in ", over, ":", indent=indent)
    yield head
    yield from _settled(row, step, indent + STEP)
    _afterwards(row, step, unsure)


def _starts(row: RowPrinter, step: plan.Loop, indent: str) -> Iterator[str]:
    for carry in step.carries:
        site = row.site()
        given, kind = expressions.source(carry.start, site), taking_nulls(carry.type, with_nulls(carry.start, site))
        name = row.declare(carry.name, kind)
        yield statement(f"{name} = ", given, indent=indent)
        before, early = _previous(row, step, carry.name)
        if before:
            printed = row.module.names.local(previous_name(carry.name))
            row.previous = {**row.previous, row.symbol(carry.name): leaf(printed, True)}
            if early:
                yield f"{indent}{printed} = None"


def _previous(row: RowPrinter, step: plan.Loop, name: str) -> tuple[bool, bool]:
    """Whether `x.previous` is read at all, and whether it is before a first `next x` or after the loop."""
    symbol = row.symbol(name)
    node = row.module.loop_node(step.name)
    inside = [statement for statement in node.body if _reads_previous(statement, symbol, row)]
    next_ = [place for place, s in enumerate(node.body) if isinstance(s, tree.Next) and s.name.text == name]
    late = [s for s in inside if next_ and node.body.index(s) > next_[0]]
    everywhere = sum(_reads_previous(statement, symbol, row) for statement in row.module.body())
    within = int(bool(inside))
    return bool(everywhere), len(late) < len(inside) or everywhere > within


def _reads_previous(node: tree.Node, symbol: Symbol, row: RowPrinter) -> bool:
    model = row.module.model
    return any(
        isinstance(part, tree.Attr) and is_previous(part, model) and model.symbols.get(part.base) is symbol
        for part in tree.walk(node)
    )


def _unsure(step: plan.Loop) -> list[str]:
    """Names that no round may give a value: all where there may be no round, else those after the first `until`."""
    untils = [place for place, inner in enumerate(step.steps) if isinstance(inner, plan.Until)]
    first = 0 if not step.rounds else untils[0] if untils else len(step.steps)
    declares = plan.Let | plan.Draw | plan.Gen | plan.Run
    later = [inner.name for inner in step.steps[first:] if isinstance(inner, declares)]
    return later if step.rounds else [step.name, *later]


def _settled(row: RowPrinter, step: plan.Loop, indent: str) -> list[str]:
    """The body, printed again while it makes a carried name null that it was not at the top of a round."""
    carried = [(row.symbol(carry.name), carry.type) for carry in step.carries]
    while True:
        before = (row.names, row.kinds, row.previous)
        top = {symbol: row.kinds.get(symbol, kind) for symbol, kind in carried}
        lines = list(row.lines(step.steps, indent))
        again = {symbol: taking_nulls(top[symbol], row.kinds.get(symbol, kind)) for symbol, kind in carried}
        if again == top:
            return lines or [f"{indent}pass"]
        row.names, row.kinds, row.previous = before
        for symbol, kind in again.items():
            row.learn(symbol, kind)


def _afterwards(row: RowPrinter, step: plan.Loop, unsure: list[str]) -> None:
    for name in unsure:
        symbol = row.symbol(name)
        declared: Type = row.kinds.get(symbol, row.module.declared(symbol))
        row.learn(symbol, or_null(declared, True))
    for carry in step.carries:
        symbol = row.symbol(carry.name)
        if symbol in row.previous:
            row.previous = {**row.previous, symbol: leaf(flat(row.previous[symbol].doc), True)}


@prints(plan.Next)
def next_(row: RowPrinter, step: plan.Next, indent: str) -> Iterator[str]:
    site, symbol = row.site(), row.symbol(step.name)
    kind = taking_nulls(row.module.declared(symbol), with_nulls(step.value, site))
    given = call("row.next", text(step.name), expressions.source(step.value, site))
    name, before = row.names[symbol], row.previous.get(symbol)
    if before is None:
        yield statement(f"{name} = ", given, indent=indent)
    else:
        printed = flat(before.doc)
        yield statement(f"{printed}, {name} = {name}, ", given, indent=indent)
        was = row.kinds.get(symbol, row.module.declared(symbol))
        row.previous = {**row.previous, symbol: leaf(printed, expressions.can_be_null(was))}
    row.learn(symbol, kind)


@prints(plan.Until)
def until(row: RowPrinter, step: plan.Until, indent: str) -> Iterator[str]:
    condition = expressions.source(step.condition, row.site())
    yield statement("if ", call("row.until", text(step.id), condition), ":", indent=indent)
    yield f"{indent}{STEP}break"
