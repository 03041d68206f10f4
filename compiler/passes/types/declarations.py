"""A declared name in; its type out. And what stands in the declaration, checked."""

from __future__ import annotations

from typing import cast

from compiler.constant import UNKNOWN, plain
from compiler.filling import filled
from compiler.model import Kind, Symbol
from compiler.passes.types.checker import EARLY, STILL, Checker, declares
from compiler.passes.types.declared import parameter_type
from compiler.passes.types.judges import verdict_of
from compiler.passes.types.relations import bare, nullable, rooted
from compiler.passes.types.settings import SAMPLING, settings
from compiler.passes.types.templates import LOOP_RECORD, template
from compiler.passes.types.written import denote
from compiler.types import (
    ANY,
    CONVERSATION,
    FLOAT,
    INT,
    Choice,
    Optional,
    Pool,
    Record,
    RecordField,
    Role,
    Type,
)
from dsl import tree


@declares(Kind.PARAM)
def param(c: Checker, symbol: Symbol) -> Type:
    """The default must fit; the caller's value takes its place, and must fit too."""
    node = cast(tree.Param, symbol.node)
    kind = denote(c, node.type)
    c.expect(node.default, kind, f"the default of `{symbol.name}`", EARLY)
    value = _known(c, node.default, f"the default of `{symbol.name}`")
    given = c.context.params.get(symbol.name) if symbol.file == c.model.root else None
    if given is not None:
        c.expect(given, kind, f"the parameter `{symbol.name}`", EARLY)
        value = _known(c, given, f"the parameter `{symbol.name}`")
    if value is not UNKNOWN:
        value = float(value) if kind == FLOAT and type(value) is int else filled(value, kind, c.evaluator)
    c.values[symbol] = value
    return kind


@declares(Kind.CONST)
def const(c: Checker, symbol: Symbol) -> Type:
    """What has no value, such as a division by zero, makes an optional type."""
    node = cast(tree.Const, symbol.node)
    told = len(c.context.diagnostics)
    kind = bare(c.infer(node.value, EARLY))
    mistaken = len(c.context.diagnostics) > told
    c.values[symbol] = value = (
        c.evaluate(node.value) if mistaken else _known(c, node.value, f"the constant `{symbol.name}`")
    )
    return Optional(kind) if value is None and kind != ANY and not nullable(kind) else rooted(kind, symbol.name)


def _known(c: Checker, node: tree.Expr, what: str) -> object:
    """The value, which must be known before any row; told once where another declaration is to blame."""
    value = plain(c.evaluate(node))
    blamed = any(c.values.get(c.symbols[part]) is UNKNOWN for part in tree.walk(node) if part in c.symbols)
    if value is UNKNOWN and c.types.get(node) != ANY and not blamed:
        help_ = "write the range where it is used" if isinstance(node, tree.Range) else None
        c.report("E0326", f"{what} must be known before any row", node.span, help=help_)
    return value


@declares(Kind.ENUM)
def enum(c: Checker, symbol: Symbol) -> Type:
    node = cast(tree.Enum, symbol.node)
    first = {member.text: member.span for member in reversed(node.members)}
    values = tuple(dict.fromkeys(member.text for member in node.members))
    return Choice(values, symbol.name, tuple(first[value] for value in values))


@declares(Kind.RECORD)
def record(c: Checker, symbol: Symbol) -> Type:
    """One that lost a field to a mistake in it may have any: what asks for the lost one is no second mistake."""
    node = cast(tree.Record, symbol.node)
    found = Record(symbol.name, tuple(_field(c, item) for item in node.fields), open=c.is_cut(node, symbol.file))
    for item in node.fields:
        if item.constraint is not None:
            c.condition(item.constraint, "what follows `where`", STILL)
    return found


def _field(c: Checker, item: tree.Field) -> RecordField:
    kind = denote(c, item.type)
    c.fields[item] = kind
    if item.default is not None:
        c.expect(item.default, kind, f"the default of `{item.name.text}`", EARLY)
    doc = item.doc.text if item.doc else None
    return RecordField(item.name.text, kind, item.default, item.constraint, doc, item.name.span)


@declares(Kind.FIELD)
def field_(c: Checker, symbol: Symbol) -> Type:
    """A field inside its own record's constraint."""
    return c.fields.get(symbol.node, ANY) if symbol.node is not None else ANY


@declares(Kind.CRITERIA)
def criteria(c: Checker, symbol: Symbol) -> Type:
    return Pool()


@declares(Kind.MODEL)
def model(c: Checker, symbol: Symbol) -> Type:
    return Role()


@declares(Kind.PROMPT)
def prompt(c: Checker, symbol: Symbol) -> Type:
    return CONVERSATION


@declares(Kind.JUDGE)
def judge(c: Checker, symbol: Symbol) -> Type:
    return verdict_of(c, cast(tree.Judge, symbol.node))


@declares(Kind.ARGUMENT)
def argument(c: Checker, symbol: Symbol) -> Type:
    return parameter_type(c, cast(tree.Parameter, symbol.node))


@declares(Kind.LOOP)
def loop(c: Checker, symbol: Symbol) -> Type:
    return LOOP_RECORD if isinstance(symbol.node, tree.TemplateFor) else INT


# --- bodies: what does not make the type, and is checked once ---


def check_criteria(c: Checker, node: tree.Criteria) -> None:
    _parameters(c, node.params)
    seen: set[str] = set()
    for criterion in node.criteria:
        if criterion.text in seen:
            c.report("E0202", "this criterion stands twice", criterion.text_span, help="raise its `weight` instead")
        seen.add(criterion.text)
        if criterion.weight is not None:
            c.expect(criterion.weight, FLOAT, "a weight")
            weight = c.evaluate(criterion.weight)
            if isinstance(weight, int | float) and weight <= 0:
                c.report("E0319", "a weight must be above 0", criterion.weight.span, help="or take the criterion out")
        if criterion.condition is not None:
            c.condition(criterion.condition, "what follows `when`", STILL)
            if c.evaluate(criterion.condition) in (False, None):
                c.report(
                    "E0422",
                    "this criterion can never be drawn",
                    criterion.condition.span,
                    label="always false",
                    help="take the criterion out, or mend its condition",
                )


def check_model(c: Checker, node: tree.Model) -> None:
    settings(c, node.settings, SAMPLING, f"the model `{node.name.text}`", constant=True)


def check_prompt(c: Checker, node: tree.Prompt) -> None:
    _parameters(c, node.params)
    template(c, node.template)


def _parameters(c: Checker, params: tuple[tree.Parameter, ...]) -> None:
    for param_ in params:
        kind = parameter_type(c, param_)
        if param_.default is not None:
            c.expect(param_.default, kind, f"the default of `{param_.name.text}`", EARLY)
