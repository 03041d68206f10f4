"""What candidates are made of: `target`, `seed`, `key`, axes and draws, checked."""

from __future__ import annotations

from compiler.model import Kind
from compiler.passes.types.checker import HERE, Checker, Env
from compiler.passes.types.dataset import Rows, at_end, handles, is_endless
from compiler.passes.types.relations import bare, fits, rooted, solid, together
from compiler.prelude import SETTINGS
from compiler.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    STR,
    Choice,
    Distribution,
    List,
    Pool,
    RangeOf,
    Record,
    SourceOf,
    Type,
    Verdict,
)
from compiler.walk import refs
from dsl import tree
from dsl.diagnostics import Related, did_you_mean

_KEYS = (STR, INT, FLOAT, BOOL)


def is_key(kind: Type) -> bool:
    kind = solid(kind)
    return kind in (*_KEYS, ANY) or isinstance(kind, Choice)


def _comes_first(rows: Rows, node: tree.Statement, what: str) -> None:
    if rows.acted is not None:
        rows.c.report(
            "E0405",
            f"{what} stands before what it makes candidates for",
            node.span,
            related=(Related(rows.acted.span, "the first statement that acts on a candidate"),),
            help="move it up: `target`, `seed`, `key` and `each` come first",
        )


# --- target, seed, key ---


@handles(tree.Set)
def set_(rows: Rows, node: tree.Set) -> None:
    c, name = rows.c, node.name.text
    if name not in SETTINGS:
        c.infer(node.value)
        c.report(
            "E0404",
            f"a dataset has no setting `{name}`",
            node.name.span,
            label=did_you_mean(name, SETTINGS),
            notes=(f"settings: {', '.join(SETTINGS)}; a value of the row is a `let`",),
        )
        return
    first = rows.settings.setdefault(name, node)
    if first is not node:
        c.report("E0403", f"`{name}` is set twice", node.span, related=(Related(first.span, "set here first"),))
    _comes_first(rows, node, f"`{name}`")
    if node.per is not None and name != "target":
        c.report("E0404", f"only a `target` is `per` something, not `{name}`", node.per.span)
    if name == "target":
        _target(rows, node)
    elif name == "seed":
        _whole_number(rows.c, node, "`seed`")


def _target(rows: Rows, node: tree.Set) -> None:
    value = _whole_number(rows.c, node, "`target`")
    if isinstance(value, int) and value < 1:
        rows.c.report("E0319", "`target` must be at least 1", node.value.span, label=f"this is {value}")


@at_end
def check_per(rows: Rows) -> None:
    node = rows.settings.get("target")
    if node is None or node.per is None:
        return
    kind = solid(rows.c.infer(node.per))
    closed = isinstance(kind, Choice) or kind in (BOOL, ANY) or (isinstance(kind, Verdict) and kind.kind == "bool")
    endless = [axis for axis in rows.axes if is_endless(axis)]
    if not closed and kind not in (STR, INT):
        help_ = "count by an axis, a draw, or any text, whole number or truth of the row"
        rows.c.report("E0441", f"a target cannot be counted by a `{kind}`", node.per.span, help=help_)
    elif not closed and endless:
        rows.c.report(
            "E0441",
            "there is no end to what this target is counted by",
            node.per.span,
            related=(Related(endless[0].over.span, "and this axis has no end either"),),
            help="count by an enum, `weighted {…}` or quoted strings, or give the axis an end",
        )


def _whole_number(c: Checker, node: tree.Set, what: str) -> object:
    if fits(c.expect(node.value, INT, what), INT):
        value = c.evaluate(node.value)
        row = [ref for ref in refs(node.value) if (s := c.symbols.get(ref)) and s.kind not in _EARLY]
        if row:
            c.report("E0326", f"{what} must be known before any row", node.value.span)
        return value
    return None


@at_end
def check_key(rows: Rows) -> None:
    """A key is made of axes: two candidates that differ must not share one by chance of an answer."""
    node = rows.settings.get("key")
    if node is None:
        return
    parts = node.value.items if isinstance(node.value, tree.ListExpr) else (node.value,)
    for part in parts:
        given = rows.c.infer(part)
        wrong = [ref for ref in refs(part) if (s := rows.c.symbols.get(ref)) and s.kind in _MADE]
        if wrong:
            rows.c.report(
                "E0431",
                f"`{wrong[0].name}` is not an axis",
                wrong[0].span,
                help="a key is made of the axes (`page.id`, `take`), which are known before anything is drawn",
            )
        elif not is_key(given):
            rows.c.report("E0431", f"a `{given}` cannot be part of a key", part.span, help=_key_part(part, given))


def _key_part(part: tree.Expr, given: Type) -> str:
    """What stands there instead; an axis over a source is in the key anyway where none is written."""
    record = solid(given)
    names = [item.name for item in record.fields if is_key(item.type)] if isinstance(record, Record) else []
    if not names or not isinstance(part, tree.Ref):
        return "a key has texts and numbers"
    return f"name a field, as `{part.name}.{names[0]}`; without `key`, it is made of all axes"


_EARLY = frozenset({Kind.PARAM, Kind.CONST, Kind.ENUM, Kind.FUNCTION, Kind.UNKNOWN})
_MADE = frozenset({Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP})


# --- axes ---


@handles(tree.Each)
def each(rows: Rows, node: tree.Each) -> None:
    _comes_first(rows, node, "an axis")
    rows.axes.append(node)
    given = solid(rows.c.infer(node.over))
    rows.c.bind(node, _rows_of(rows, node, given) if node.kind == "from" else _values_of(rows, node, given))


def _rows_of(rows: Rows, node: tree.Each, given: Type) -> Type:
    if isinstance(given, SourceOf):
        return given.row
    if given == ANY:
        return ANY
    name = node.name.text
    hint = (
        f"write `each {name} in …`"
        if isinstance(given, List | RangeOf)
        else "a source is an `input`, `personas` or dataset"
    )
    return rows.c.report(
        "E0434", "`from` takes a source of rows", node.over.span, label=f"this is `{given}`", help=hint
    )


def _values_of(rows: Rows, node: tree.Each, given: Type) -> Type:
    if isinstance(given, RangeOf) and given.of in (INT, ANY):
        return given.of
    if isinstance(given, List) and is_key(given.element):
        return given.element
    if given == ANY:
        return ANY
    hint = "the values of an axis are whole numbers, texts or the members of an enum"
    if isinstance(given, SourceOf):
        hint = f"write `each {node.name.text} from …`"
    elif isinstance(given, List) and isinstance(given.element, Record):
        hint = "records have no key: make them an `input`, and write `each x from …`"
    return rows.c.report("E0434", "`in` takes a range or a list", node.over.span, label=f"this is `{given}`", help=hint)


# --- draws ---


@handles(tree.Draw)
def draw(rows: Rows, node: tree.Draw) -> None:
    rows.acted = rows.acted or node
    rows.c.bind(node, rooted(drawn(rows.c, node.distribution), node.name.text))


def drawn(c: Checker, node: tree.Expr) -> Type:
    """The type of what a distribution gives."""
    if isinstance(node, tree.Conditional):
        return _either(c, node)
    given = c.infer(node, Env(drawn=True))
    kind = solid(given)
    if isinstance(kind, Distribution):
        return kind.of
    if isinstance(kind, SourceOf):
        return kind.row
    if isinstance(kind, List):
        return _one_of(c, node, kind)
    return ANY if kind == ANY else _not_a_distribution(c, node, kind)


def _either(c: Checker, node: tree.Conditional) -> Type:
    c.condition(node.condition, "the condition after `if`", HERE)
    then, otherwise = drawn(c, node.then), drawn(c, node.otherwise)
    both = together((then, otherwise))
    c.types[node] = Distribution(both or ANY)
    if both is not None:
        return both
    label = f"this draws `{otherwise}`, the other `{then}`"
    return c.report("E0301", "both sides of `else` must draw one type", node.otherwise.span, label=label)


def _one_of(c: Checker, node: tree.Expr, kind: List) -> Type:
    """One element, all alike; quoted texts make a closed choice, so that a misspelt comparison is told."""
    if isinstance(node, tree.ListExpr):
        if not node.items:
            return c.report("E0406", "there is nothing to draw from an empty list", node.span)
        texts = [item.value for item in node.items if isinstance(item, tree.Constant) and isinstance(item.value, str)]
        if len(texts) == len(node.items):
            return Choice(tuple(dict.fromkeys(texts)))
    return bare(kind.element)


def _not_a_distribution(c: Checker, node: tree.Expr, kind: Type) -> Type:
    if isinstance(kind, RangeOf):
        hint = "write `int(0..9)` for a whole number, `uniform(0.5..1.1)` for a fraction"
    elif isinstance(kind, Pool):
        hint = "say how many: `.pick(2)`, `.pick(2..3)`"
    else:
        hint = "right of `~` stands a source, a list, `weighted {…}`, `int(…)`, `uniform(…)`, `normal(…)` or `.pick(k)`"
    return c.report("E0406", "this is not something to draw from", node.span, label=f"this is `{kind}`", help=hint)
