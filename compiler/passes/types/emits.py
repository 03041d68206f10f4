"""`emit` and `audit`, checked: the columns of each table, and whether they are what its kind needs."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.passes.types.checker import HERE, Checker, Env
from compiler.passes.types.dataset import Rows, handles, row_type
from compiler.passes.types.gens import elements
from compiler.passes.types.relations import bare, fits, nullable, solid
from compiler.prelude import EMITS
from compiler.types import (
    ANY,
    CONVERSATION,
    STR,
    Choice,
    Distribution,
    Pool,
    RangeOf,
    Record,
    RecordField,
    SourceOf,
    Type,
)
from dsl import tree
from dsl.diagnostics import Related, did_you_mean
from dsl.source import Span

RESERVED = ("_key", "key", "_hash")
"""What every table has already."""
BESIDE = ("rejected", "calls", "texts", "decisions")
"""What every dataset may have beside the tables of its emits."""
_NO_CELL = (SourceOf, Pool, RangeOf, Distribution)
Columns = dict[str, tuple[Type, tree.Node]]


@handles(tree.Emit)
def emit(rows: Rows, node: tree.Emit) -> None:
    c = rows.c
    rows.acted = rows.acted or node
    elements(c, node.fors)
    columns = _columns(c, node, _wanted(node))
    row = Record(node.name.text if node.name else rows.node.name.text, _fields(c, columns))
    _check_name(rows, node)
    rows.tables.setdefault(node.name.text if node.name else None, row)
    c.types[node] = SourceOf(row)
    if node.kind is not None:
        _check_kind(c, node, node.kind, columns)
    if node.split is not None:
        _check_split(c, node.split)


def _fields(c: Checker, columns: Columns) -> tuple[RecordField, ...]:
    return tuple(RecordField(name, bare(kind), place=_place(c, name, at)) for name, (kind, at) in columns.items())


def _place(c: Checker, name: str, column: tree.Node) -> Span | None:
    """Where the column gets its name: in the emit, or in the record that is spread."""
    if isinstance(column, tree.Setting):
        return column.name.span
    if isinstance(column, tree.Entry):
        return Span(column.key_span.path, column.key_span.start + 1, column.key_span.end - 1)
    kind = solid(c.types.get(column.value, ANY)) if isinstance(column, tree.Spread) else ANY
    spread = kind.field(name) if isinstance(kind, Record) else None
    return spread.place if spread is not None else None


def _wanted(node: tree.Emit) -> dict[str, Type]:
    """What the kind's columns take, so that `[]` or a text is read as that."""
    shapes = EMITS.get(node.kind.text, ()) if node.kind is not None else ()
    return {name: kind for shape in shapes for name, kind in shape}


def _columns(c: Checker, node: tree.Emit, wanted: dict[str, Type]) -> Columns:
    columns: Columns = {}
    for column in node.columns:
        if isinstance(column, tree.Spread):
            _spread(c, column, columns)
            continue
        name = column.name.text if isinstance(column, tree.Setting) else column.key
        kind = c.infer(column.value, HERE, wanted.get(name))
        if isinstance(solid(kind), _NO_CELL):
            c.report("E0417", f"a `{solid(kind)}` cannot be a column", column.value.span, help=_as_cell(solid(kind)))
            kind = ANY
        _add(c, columns, name, kind, column)
    return columns


def _as_cell(kind: Type) -> str:
    if isinstance(kind, SourceOf):
        return "emit one of its rows, or a field of it"
    return "draw from it first: `draw x ~ …`"


def _spread(c: Checker, column: tree.Spread, columns: Columns) -> None:
    kind = solid(c.infer(column.value))
    if isinstance(kind, Record):
        for item in kind.fields:
            _add(c, columns, item.name, item.type, column)
    elif kind != ANY:
        c.report("E0417", "`...` spreads a record", column.value.span, label=f"this is `{kind}`")


def _add(c: Checker, columns: Columns, name: str, kind: Type, node: tree.Node) -> None:
    if name in RESERVED:
        _report_reserved(c, name, node)
    elif name in columns:
        related = (Related(columns[name][1].span, "it is here already"),)
        c.report("E0417", f"the column `{name}` stands twice", node.span, related=related, help="name one of them anew")
    else:
        columns[name] = (kind, node)


def _report_reserved(c: Checker, name: str, node: tree.Node) -> None:
    c.report(
        "E0437",
        f"a table cannot have a column of its own called `{name}`",
        node.span,
        notes=(f"every table has {', '.join(f'`{column}`' for column in RESERVED)} already",),
        help="emit its fields one by one, under other names" if isinstance(node, tree.Spread) else "name it anew",
    )


def _check_name(rows: Rows, node: tree.Emit) -> None:
    name = node.name.text if node.name else None
    if node.name is not None and name in BESIDE:
        beside = ", ".join(f"`{table}`" for table in BESIDE)
        rows.c.report(
            "E0437",
            f"an emit cannot be called `{name}`",
            node.name.span,
            notes=(f"a dataset has {beside} beside the tables of its emits",),
            help="name it anew",
        )
    elif name in rows.tables or (name == rows.node.name.text and None in rows.tables):
        what = f"two emits are called `{name}`" if name else "two emits have no name"
        rows.c.report(
            "E0417", what, (node.name or node).span, help="several emits make several tables: `emit as name { … }`"
        )


def _check_kind(c: Checker, node: tree.Emit, kind: tree.Name, columns: Columns) -> None:
    shapes = EMITS.get(kind.text)
    if shapes is None:
        c.report(
            "E0415",
            f"there is no kind of emit `{kind.text}`",
            kind.span,
            label=did_you_mean(kind.text, EMITS),
            notes=(f"kinds: {', '.join(EMITS)}; an emit without one has the columns you like",),
        )
        return
    uncertain = any(kind == ANY and isinstance(at, tree.Spread) for kind, at in columns.values())
    shape = next((s for s in shapes if all(name in columns for name, _ in s)), None)
    if shape is None:
        if not uncertain and not _has_unknown_spread(c, node):
            _report_shape(c, kind, shapes, columns)
        return
    for name, wanted in shape:
        given, at = columns[name]
        _check_column(c, kind.text, name, given, wanted, at)


def _has_unknown_spread(c: Checker, node: tree.Emit) -> bool:
    return any(isinstance(at, tree.Spread) and solid(c.types.get(at.value, ANY)) == ANY for at in node.columns)


def _report_shape(c: Checker, kind: tree.Name, shapes: Sequence[Sequence[tuple[str, Type]]], columns: Columns) -> None:
    best = min(shapes, key=lambda shape: sum(name not in columns for name, _ in shape))
    missing = ", ".join(f"`{name}`" for name, _ in best if name not in columns)
    written = " or ".join(
        "{ " + ", ".join(f"{name}: {_takes(name, t)}" for name, t in shape) + " }" for shape in shapes
    )
    c.report("E0416", f"a `{kind.text}` row also needs {missing}", kind.span, notes=(f"{kind.text} is {written}",))


def _takes(name: str, kind: Type) -> str:
    return f"{kind} | str" if name == "prompt" else str(kind)


def _check_column(c: Checker, kind: str, name: str, given: Type, wanted: Type, at: tree.Node) -> None:
    if fits(given, wanted) or (wanted == CONVERSATION and name == "prompt" and fits(given, STR)):
        return
    null = nullable(given) and fits(solid(given), wanted)
    c.report(
        "E0416",
        f"`{name}` of a `{kind}` row is `{_takes(name, wanted)}`",
        at.value.span if isinstance(at, tree.Setting | tree.Entry) else at.span,
        label="this may be null" if null else f"this is `{given}`",
        help="say what stands in for null, or `filter` such rows" if null else None,
    )


def _check_split(c: Checker, node: tree.Expr) -> None:
    given = c.infer(node)
    if nullable(given) and isinstance(solid(given), Choice):
        c.report(
            "E0418",
            "`split by` takes a value that is there",
            node.span,
            label="this may be null, which names no table",
            help="say what stands in for null, or `filter` such rows",
        )
    if not isinstance(solid(given), Choice) and solid(given) != ANY:
        c.report(
            "E0418",
            "`split by` takes a closed choice",
            node.span,
            label=f"this is `{given}`",
            help='an enum, `weighted {…}` or a union of quoted strings, as in `let size: "short" | "long" = …`: one '
            "table is made for each value",
        )


# --- audits ---


@handles(tree.Audit)
def audit(rows: Rows, node: tree.Audit) -> None:
    """A gate over the whole result: one truth about all rows."""
    row = row_type(rows)
    env = Env(whole=True, table=row if isinstance(row, Record) and None in rows.tables else None)
    rows.c.condition(node.condition, "an audit", env)
