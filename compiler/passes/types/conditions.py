"""Statements that keep or drop a row (`require`, `filter`, `flag`, `dedup`, `decontaminate`, `select`), checked."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.model import Kind
from compiler.passes.types.access import element_property, no_property
from compiler.passes.types.checker import HERE, Checker, Env
from compiler.passes.types.dataset import Rows, at_end, handles
from compiler.passes.types.relations import fits, is_number, is_text, solid
from compiler.prelude import APART, DEDUP, OVERLAP, Number
from compiler.types import ANY, INT, List, SourceOf, Type
from compiler.walk import refs
from dsl import tree
from dsl.diagnostics import Related, did_you_mean

_AFTER_SELECT = (tree.Select, tree.Let, tree.Flag, tree.Emit, tree.Audit, tree.Set)
_OF_ROW = frozenset({Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP})


@handles(tree.Require)
def require(rows: Rows, node: tree.Require) -> None:
    rows.acted = rows.acted or node
    rows.c.condition(node.condition, "what follows `require`")
    retry = node.otherwise
    if retry is not None and retry.times is not None and retry.times < 1:
        rows.c.report("E0319", "`retry` takes at least 1", retry.span, help="to drop at once, write no `else`")
    rows.flow.check_retry(node)


@handles(tree.Filter)
def filter_(rows: Rows, node: tree.Filter) -> None:
    rows.acted = rows.acted or node
    rows.c.condition(node.condition, "what follows `filter`")


@handles(tree.Flag)
def flag(rows: Rows, node: tree.Flag) -> None:
    rows.acted = rows.acted or node
    rows.c.infer(node.value)
    rows.c.condition(node.condition, "what follows `when`")


@handles(tree.Dedup)
def dedup(rows: Rows, node: tree.Dedup) -> None:
    rows.acted = rows.acted or node
    given = rows.c.infer(node.value)
    if method(rows.c, node.method, DEDUP) not in ("exact", None):
        _must_be_text(rows.c, node.value, given, "`dedup`")


@handles(tree.Decontaminate)
def decontaminate(rows: Rows, node: tree.Decontaminate) -> None:
    rows.acted = rows.acted or node
    _must_be_text(rows.c, node.value, rows.c.infer(node.value), "`decontaminate`")
    if _against(rows.c, node.against):
        _known_early(rows.c, node.against, "what rows are kept clear of")
    method(rows.c, node.method, OVERLAP)


@handles(tree.Select)
def select(rows: Rows, node: tree.Select) -> None:
    c = rows.c
    rows.acted = rows.acted or node
    target = rows.settings.get("target")
    if target is not None:
        c.report(
            "E0414",
            "`select` takes the best of the whole result, and `target` stops before it is whole",
            node.span,
            related=(Related(target.span, "the target"),),
            help="keep one of them",
        )
    if fits(c.expect(node.count, INT, "`select`"), INT):
        _known_early(c, node.count, "the number after `select`")
        count = c.evaluate(node.count)
        if isinstance(count, int) and count < 1:
            c.report("E0319", "`select` takes at least 1", node.count.span, label=f"this is {count}")
    given = c.infer(node.by)
    if not is_number(given):
        c.report("E0301", "`by` takes a number", node.by.span, label=f"this is `{given}`")
    if node.apart is not None:
        _must_be_text(c, node.apart, c.infer(node.apart), "`apart`")
    if node.method is not None:
        method(c, node.method, APART)


@at_end
def check_select(rows: Rows) -> None:
    """A select decides when all candidates have ended: what could end one or ask a model has to have happened."""
    body = rows.node.body
    select = next((node for node in body if isinstance(node, tree.Select)), None)
    after = body[body.index(select) + 1 :] if select is not None else ()
    late = next((node for node in after if not isinstance(node, _AFTER_SELECT)), None)
    if late is not None and select is not None:
        rows.c.report(
            "E0442",
            "this statement stands after `select`, which decides when all rows are there",
            late.span,
            related=(Related(select.span, "the select"),),
            help="move it up; after a `select` stand `let`, `flag`, `emit`, `audit` and other selects",
        )


def _known_early(c: Checker, node: tree.Expr, what: str) -> None:
    row = [ref for ref in refs(node) if (symbol := c.symbols.get(ref)) and symbol.kind in _OF_ROW]
    if row:
        c.report("E0326", f"{what} must be known before any row", row[0].span)


def _must_be_text(c: Checker, node: tree.Expr, given: Type, what: str) -> None:
    if not is_text(given):
        c.report(
            "E0301", f"{what} compares texts", node.span, label=f"this is `{given}`", help="name a field that is one"
        )


def _against(c: Checker, node: tree.Expr) -> bool:
    """`benchmark.text`: a column of a source; or a list of texts. Whether it is a list."""
    if isinstance(node, tree.Attr):
        source = c.infer(node.base)
        if isinstance(solid(source), SourceOf) and node.name.text != "rows":
            _column(c, node, solid(source))
            return False
    given = solid(c.infer(node))
    if given != ANY and not (isinstance(given, List) and is_text(given.element)):
        c.report(
            "E0301",
            "`against` takes a column of texts",
            node.span,
            label=f"this is `{given}`",
            help="name a source's column: `against benchmark.text`",
        )
        return False
    return True


def _column(c: Checker, node: tree.Attr, source: Type) -> None:
    row = source.row if isinstance(source, SourceOf) else ANY
    found = element_property(row, node.name.text)
    if found is None:
        no_property(c, node, row) if row != ANY else None
    elif not is_text(found):
        c.report("E0301", "`against` takes a column of texts", node.span, label=f"this is `{found}`")
    c.types[node] = List(found or ANY)


def method(c: Checker, node: tree.Expr, known: Mapping[str, Number | None], env: Env = HERE) -> str | None:
    """`exact`, `minhash(0.8)`: the word, and its number in range. None when it is not known."""
    callee = node.callee if isinstance(node, tree.Call) else node
    name = callee.name if isinstance(callee, tree.Ref) else ""
    args = node.args if isinstance(node, tree.Call) else ()
    if name not in known:
        c.report(
            "E0421",
            f"there is no way to compare called `{name}` here" if name else "this is not a way to compare",
            node.span,
            label=did_you_mean(name, known),
            notes=(f"ways: {', '.join(_shape(word, number) for word, number in known.items())}",),
        )
        return None
    number = known[name]
    if len(args) != (number is not None):
        c.report("E0421", f"write `{_shape(name, number)}`", node.span)
    elif number is not None:
        _check_number(c, args[0].value, name, number, env)
    return name


def _shape(word: str, number: Number | None) -> str:
    if number is None:
        return word
    return f"{word}(13)" if number.kind == INT else f"{word}(0.8)"


def _check_number(c: Checker, node: tree.Expr, name: str, number: Number, env: Env) -> None:
    if not fits(c.expect(node, number.kind, f"`{name}`", env), number.kind):
        return
    value = c.evaluate(node)
    if isinstance(value, int | float) and not number.low <= value <= number.high:
        c.report("E0319", f"`{name}` takes {number.low:g} to {number.high:g}", node.span, label=f"this is {value:g}")
