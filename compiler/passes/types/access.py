"""A value's type and what is asked of it (a field, a property, an element) in; the type of that out."""

from __future__ import annotations

from compiler.constant import UNKNOWN
from compiler.functions import find_method, methods_of
from compiler.model import Kind
from compiler.passes.types.checker import Checker, Env, path_of, rule
from compiler.passes.types.methods import call_method
from compiler.passes.types.relations import bare, fits, is_number, is_text, like, solid
from compiler.prelude import RESULT_PROPERTIES
from compiler.types import (
    ANY,
    FLOAT,
    INT,
    STR,
    Choice,
    Extended,
    Generated,
    JsonOf,
    List,
    MapOf,
    Optional,
    RangeOf,
    Record,
    SourceOf,
    ToolResult,
    Type,
    Verdict,
)
from dsl import tree
from dsl.diagnostics import did_you_mean

_GENERATED: dict[str, Type] = {"logprob": FLOAT, "reasoning": Optional(STR)}
_VERDICT: dict[str, dict[str, Type]] = {
    "bool": {"p": FLOAT},
    "points": {"points": List(INT)},
    "scale": {"p": FLOAT, "mean": FLOAT},
    "score": {},
}


def element_property(kind: Type, name: str) -> Type | None:
    """The type of `x.name`; None when x has no such thing. Methods are looked up elsewhere."""
    if isinstance(kind, Optional):
        found = element_property(kind.base, name)
        return None if found is None else like(found, kind)
    if isinstance(kind, Extended):
        return kind.of if name == kind.property else element_property(kind.base, name)
    if isinstance(kind, Generated):
        if name == "text" and is_text(kind.base):
            return kind.base
        own = _GENERATED.get(name)
        return element_property(kind.base, name) or (None if own is None else like(own, kind.base))
    if isinstance(kind, Record):
        item = kind.field(name)
        return item.type if item else ANY if kind.open else None
    if isinstance(kind, ToolResult):
        return dict((*RESULT_PROPERTIES, *kind.properties)).get(name)
    if isinstance(kind, Verdict):
        return _VERDICT[kind.kind].get(name)
    if isinstance(kind, SourceOf):
        return List(kind.row) if name == "rows" else None
    if isinstance(kind, MapOf) and kind.keys is not None:
        return kind.value if name in kind.keys else None
    return None


def names_of(kind: Type) -> tuple[str, ...]:
    """What may stand after the dot, methods left out: for messages and completion."""
    if isinstance(kind, Optional):
        return names_of(kind.base)
    if isinstance(kind, Extended):
        return (*names_of(kind.base), kind.property)
    if isinstance(kind, Generated):
        own = ("text", *_GENERATED) if is_text(kind.base) else tuple(_GENERATED)
        return (*names_of(kind.base), *own)
    if isinstance(kind, Record):
        return tuple(item.name for item in kind.fields)
    if isinstance(kind, ToolResult):
        return tuple(name for name, _ in (*RESULT_PROPERTIES, *kind.properties))
    if isinstance(kind, Verdict):
        return tuple(_VERDICT[kind.kind])
    if isinstance(kind, SourceOf):
        return ("rows",)
    return kind.keys or () if isinstance(kind, MapOf) else ()


def aligned(kind: Type, along: str | None) -> Type | None:
    """This element's own member of a list made `for` these elements; None if the list is not one."""
    kind = bare(kind)
    return kind.element if along is not None and isinstance(kind, List) and kind.along == along else None


@rule(tree.Attr)
def attr(c: Checker, node: tree.Attr, env: Env, want: Type | None) -> Type:
    special = _of_name(c, node, env)
    if special is not None:
        return special
    base = c.infer(node.base, env)
    if solid(base) == ANY:
        return ANY
    found = element_property(base, node.name.text)
    if found is not None:
        return c.narrow(found, path_of(node) if env.known else None, env)
    method = find_method(solid(base), node.name.text)
    if method is not None and method.bare:
        return call_method(c, node, base, method, (), env)
    if method is not None:
        title = f"`{node.name.text}` is a method"
        return c.report("E0309", title, node.name.span, help=f"call it: `.{node.name.text}(…)`; {method.title}")
    return no_property(c, node, base)


def _of_name(c: Checker, node: tree.Attr, env: Env) -> Type | None:
    """Dots after a name that are not about its value: enum members, `x.previous` of a loop, a table in an audit."""
    symbol = c.symbols.get(node.base) if isinstance(node.base, tree.Ref) else None
    if symbol is None:
        return None
    if symbol.kind is Kind.ENUM:
        choice = c.of(symbol)
        c.types[node.base] = List(choice)
        return _member(c, node, choice) if isinstance(choice, Choice) else ANY
    if symbol.kind is Kind.CARRY and node.name.text == "previous":
        return c.infer(node.base, env)
    if symbol.kind is Kind.TABLE:
        return _table_column(c, node, c.of(symbol), env)
    return None


def _member(c: Checker, node: tree.Attr, choice: Choice) -> Type:
    if node.name.text in choice.values:
        return choice
    if find_method(List(choice), node.name.text) is not None:
        return c.report("E0305", f"`{choice}` has no member `{node.name.text}`", node.name.span)
    c.report(
        "E0305",
        f"`{choice}` has no member `{node.name.text}`",
        node.name.span,
        label=did_you_mean(node.name.text, choice.values),
        notes=(f"members: {', '.join(choice.values)}",),
    )
    return choice


def _table_column(c: Checker, node: tree.Attr, table: Type, env: Env) -> Type:
    c.types[node.base] = table
    found = element_property(table.row, node.name.text) if isinstance(table, SourceOf) else ANY
    if found is None:
        return no_property(c, node, table.row if isinstance(table, SourceOf) else table)
    if env.whole and env.element is None:
        return c.report(
            "E0430",
            f"`{node.name.text}` has a value in every row, and an audit is over all rows",
            node.span,
            help="measure it: `mean(…)`, `share(… == …)`, `distinct(…)`",
        )
    return found


def no_property(c: Checker, node: tree.Attr, base: Type) -> Type:
    """E0312, with what there is, and where it was declared."""
    kind = solid(base)
    names = names_of(base)
    methods = [method.name for method in methods_of(kind)]
    title = path_of(node.base)
    what = f"`{title}`" if title else f"a value of type `{kind}`"
    wanted = "field" if isinstance(kind, Record) else "property"
    symbol = c.symbols.get(node.base)
    return c.report(
        "E0312",
        f"{what} has no {wanted} `{node.name.text}`",
        node.name.span,
        label=did_you_mean(node.name.text, [*names, *methods]),
        related=c.declared_here(symbol, f"declared here as {kind}") if symbol else (),
        notes=(f"{'fields' if isinstance(kind, Record) else 'properties'} of {kind}: {', '.join(names)}",)
        if names
        else (),
        help=_hint(kind, node.name.text),
    )


def _hint(kind: Type, name: str) -> str | None:
    if isinstance(kind, SourceOf):
        return "a source's rows are `.rows`; one of them is an axis: `each x from …`"
    if isinstance(kind, List) and isinstance(kind.element, Record) and kind.element.field(name):
        return f"this is a list: name an element (`.first.{name}`) or go through all (`.map({name})`)"
    if isinstance(kind, JsonOf):
        return f'only its schema knows its fields: write `["{name}"]`'
    if name in ("length", "size", "len"):
        return "write `len(x)`"
    return None


@rule(tree.Index)
def index(c: Checker, node: tree.Index, env: Env, want: Type | None) -> Type:
    base = c.infer(node.base, env)
    kind = solid(base)
    if isinstance(node.index, tree.Range):
        return _slice(c, node, base, env)
    given = c.infer(node.index, env)
    if kind == ANY:
        return ANY
    if isinstance(kind, JsonOf) and (is_text(given) or is_number(given)):
        return Optional(ANY)
    if isinstance(kind, MapOf):
        return like(_looked_up(c, node, kind, given), base, given)
    if isinstance(kind, List) or is_text(kind):
        if not fits(solid(given), INT):
            c.report("E0314", "an element is named by its number", node.index.span, label=f"this is `{given}`")
        return like(kind.at(c.evaluate(node.index)) if isinstance(kind, List) else STR, base, given)
    return c.report(
        "E0314",
        f"a value of type `{kind}` has no elements",
        node.base.span,
        help="`[…]` takes an element of a list, a text or a map",
    )


def _slice(c: Checker, node: tree.Index, base: Type, env: Env) -> Type:
    kind = solid(base)
    if isinstance(node.index, tree.Range):
        _cut(c, node.index, env)
    if kind == ANY:
        return ANY
    if isinstance(kind, List):
        return like(List(kind.element, None, kind.along), base)
    if is_text(kind):
        return like(STR, base)
    return c.report("E0314", f"a value of type `{kind}` cannot be sliced", node.base.span)


def _cut(c: Checker, node: tree.Range, env: Env) -> None:
    """Of two ends that count from different sides only a row knows which comes first: `xs[0..-2]`."""
    bounds = c.types[node] = ends_of(c, node, env)
    if not fits(bounds.of, INT):
        c.report("E0314", "a slice is from one number to another", node.span, label=f"this is a `{bounds}`")
    low, high = known_ends(c, node)
    if low > high and (low < 0) == (high < 0):
        help_ = f"write `{high}..{low}`; `-1` is the last element"
        c.report("E0317", f"the slice is empty: {low} is above {high}", node.span, help=help_)


def ends_of(c: Checker, node: tree.Range, env: Env) -> RangeOf:
    """The type of a range by its ends, which are numbers."""
    ends = [c.infer(end, env) for end in (node.low, node.high) if end is not None]
    for end, given in zip((node.low, node.high), ends, strict=False):
        if end is not None and not is_number(given):
            c.report("E0317", "the ends of a range are numbers", end.span, label=f"this is `{given}`")
            return RangeOf(ANY, node.high is None)
    kinds = {solid(kind) for kind in ends}
    return RangeOf(FLOAT if FLOAT in kinds else ANY if ANY in kinds else INT, node.high is None)


def known_ends(c: Checker, node: tree.Range) -> tuple[float, float]:
    """Both ends where they are known before any row; else two of which neither is above the other."""
    low, high = c.evaluate(node.low), c.evaluate(node.high) if node.high is not None else UNKNOWN
    return (low, high) if isinstance(low, int | float) and isinstance(high, int | float) else (0, 0)


def _looked_up(c: Checker, node: tree.Index, kind: MapOf, given: Type) -> Type:
    """A map under a key that it lacks is null; under one that can be told now, a mistake."""
    if not is_text(given) and not is_number(given):
        c.report("E0314", "a map is looked up by a text", node.index.span, label=f"this is `{given}`")
        return kind.value
    value = c.evaluate(node.index)
    keys = (value,) if value is not UNKNOWN else given.values if isinstance(given := solid(given), Choice) else ()
    lacking = [str(key) for key in keys if kind.keys is not None and str(key) not in kind.keys]
    if lacking:
        c.report(
            "E0305",
            f'the map has no "{lacking[0]}"',
            node.index.span,
            label=did_you_mean(lacking[0], kind.keys or ()),
            notes=(f"keys: {', '.join(kind.keys or ())}",),
        )
    return kind.value
