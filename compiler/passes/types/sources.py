"""`input`, `personas` and what they read in; the type of a row out, checked against the columns the catalogue knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from compiler.catalog import Columns
from compiler.model import Kind, Symbol
from compiler.passes.types.arguments import Slot, match
from compiler.passes.types.checker import EARLY, Checker, declares
from compiler.passes.types.personas import COLUMN_TYPES, persona_of
from compiler.passes.types.relations import fits, solid
from compiler.passes.types.settings import Allowed, settings
from compiler.passes.types.written import denote
from compiler.prelude import READERS
from compiler.types import ANY, BOOL, FLOAT, INT, STR, List, Optional, Record, RecordField, SourceOf, Type
from dsl import tree
from dsl.diagnostics import Diagnostic, Related, did_you_mean

_KEYS = (STR, INT, FLOAT, BOOL)
_LOOSE = ("csv",)
"""Readers whose cells are text: a column of numbers may be read as text."""
_QUERIED = ("jsonl", "json", "csv", "parquet")
"""Readers of files that a query can read as well."""

_DOCUMENTS: Mapping[str, Allowed] = {"chunk": Allowed(INT, 1), "overlap": Allowed(INT, 0)}
READER_SETTINGS: Mapping[str, Mapping[str, Allowed]] = {
    **dict.fromkeys(("text", "markdown", "html", "pdf"), _DOCUMENTS),
    "hf": {"split": Allowed(STR), "config": Allowed(STR)},
}
"""What may stand in the braces of each reader, besides `key`."""


@declares(Kind.INPUT)
def input_(c: Checker, symbol: Symbol) -> Type:
    node = cast(tree.Input, symbol.node)
    row = denote(c, node.type)
    if row != ANY and not isinstance(row, Record):
        c.report("E0301", "an input's rows are records", node.type.span, label=f"this is `{row}`")
        row = ANY
    columns = source_columns(c, node.source, node.settings)
    if isinstance(row, Record):
        if columns is not None:
            _compare(c, node, row, columns)
        _key(c, node.settings, columns, row)
    return SourceOf(row)


@declares(Kind.PERSONAS)
def personas(c: Checker, symbol: Symbol) -> Type:
    """Rows with `id` and `text`; a dataset can be the source, its unnamed emit gives the columns."""
    node = cast(tree.Personas, symbol.node)
    columns = source_columns(c, node.source, node.settings)
    _key(c, node.settings, columns, None)
    if columns is None:
        return SourceOf(persona_of(None))
    _check_made(c, node, columns)
    keyed = any(setting.name.text == "key" for setting in node.settings)
    for name in ("text",) if keyed else ("text", "id"):
        if name not in columns:
            c.report(
                "E0602",
                f"personas need a column `{name}`",
                node.source.span,
                label=did_you_mean(name, columns),
                notes=(f"columns: {', '.join(columns)}",),
                help=_naming(node.source, name, columns),
            )
    return SourceOf(persona_of(columns))


def _naming(source: tree.Expr, name: str, columns: Mapping[str, Type]) -> str:
    """How a file that lacks the column is read all the same."""
    if name == "id":
        return "`id` names a persona: say which column does, as in `{ key = name }`"
    plain = "a persona prints as its `text`"
    if not isinstance(source, tree.Call) or not isinstance(source.callee, tree.Ref) or not source.args or not columns:
        return plain
    path = source.args[0].value
    if source.callee.name not in _QUERIED or not isinstance(path, tree.Constant):
        return plain
    return f"{plain}; to rename a column: `sql(\"select {next(iter(columns))} as text from '{path.value}'\")`"


def _check_made(c: Checker, node: tree.Personas, columns: Mapping[str, Type]) -> None:
    """Of a dataset's rows the types are known: a persona's `id` and `text` are texts."""
    if not isinstance(node.source, tree.Ref):
        return
    for name in ("id", "text"):
        found = columns.get(name)
        if found is not None and not fits(found, STR):
            c.report(
                "E0603",
                f"the column `{name}` of `{node.source.name}` is `{found}`, and a persona's is `str`",
                node.source.span,
                help="a persona prints as its `text`; `id` names it",
            )


def source_columns(c: Checker, node: tree.Expr, given: Sequence[tree.Setting] = ()) -> Mapping[str, Type] | None:
    """The columns of what stands right of `=`, with what stands in its braces; None when they are not known."""
    symbol = c.symbols.get(node) if isinstance(node, tree.Ref) else None
    if symbol is not None and symbol.kind is not Kind.UNKNOWN:
        settings(c, given, {}, "a source", EARLY, elsewhere=("key",))
        return _of_declared(c, node, symbol)
    if isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref):
        return _of_reader(c, node, node.callee, given)
    if symbol is None:
        _not_a_source(c, node)
    return None


def _not_a_source(c: Checker, node: tree.Expr) -> None:
    c.report("E0601", "this is not a source of rows", node.span, help='write a reader: `jsonl("rows.jsonl")`')


def _of_declared(c: Checker, node: tree.Expr, symbol: Symbol) -> Mapping[str, Type] | None:
    kind = c.of(symbol)
    c.types[node] = kind
    if not isinstance(kind, SourceOf):
        if kind != ANY:
            _not_a_source(c, node)
        return None
    return {item.name: item.type for item in kind.row.fields} if isinstance(kind.row, Record) else None


def _of_reader(
    c: Checker, node: tree.Call, callee: tree.Ref, given: Sequence[tree.Setting]
) -> Mapping[str, Type] | None:
    if callee.name not in READERS:
        c.report(
            "E0601",
            f"there is no reader `{callee.name}`",
            callee.span,
            label=did_you_mean(callee.name, READERS),
            notes=(f"readers: {', '.join(READERS)}",),
        )
        return None
    args: dict[str, object] = {}
    for slot, arg in match(c, node.args, [Slot("path", True)], f"`{callee.name}`", node):
        c.expect(arg.value, STR, f"`{callee.name}`", EARLY)
        value = c.evaluate(arg.value)
        if not isinstance(value, str):
            if c.types.get(arg.value) == STR:
                c.report("E0326", "what is read must be known before any row", arg.value.span)
            return None
        args[slot.name] = value
    if not args:
        return None
    further = _settings(c, callee.name, given)
    return None if further is None else _known(c, c.context.catalog.columns(callee.name, args | further, node.span))


def _settings(c: Checker, reader: str, given: Sequence[tree.Setting]) -> dict[str, object] | None:
    """The values of the reader's own settings; None after a mistake in one of them."""
    before = len(c.context.diagnostics)
    settings(c, given, READER_SETTINGS.get(reader, {}), f"`{reader}`", EARLY, constant=True, elsewhere=("key",))
    found = {item.name.text: item for item in given if item.name.text != "key"}
    values = {name: c.evaluate(item.value) for name, item in found.items()}
    if len(c.context.diagnostics) == before and "overlap" in values:
        _overlap(c, found["overlap"], values["overlap"], values.get("chunk"))
    return values if len(c.context.diagnostics) == before else None


def _overlap(c: Checker, setting: tree.Setting, overlap: object, chunk: object) -> None:
    if chunk is None:
        c.report("E0615", "`overlap` needs `chunk`", setting.span, help="write `chunk = 300, overlap = 30`, in words")
    elif isinstance(overlap, int) and isinstance(chunk, int) and overlap >= chunk:
        label = f"chunks have {chunk} words"
        c.report("E0615", "`overlap` must be less than `chunk`", setting.value.span, label=label)


def _known(c: Checker, found: Columns | Diagnostic | None) -> Mapping[str, Type] | None:
    if isinstance(found, Diagnostic):
        c.context.diagnostics.append(found)
        return None
    return None if found is None else {name: COLUMN_TYPES[kind] for name, kind in found.items()}


def _compare(c: Checker, node: tree.Input, row: Record, columns: Mapping[str, Type]) -> None:
    """A field without a column, or of another type: told here, and not at row 40,000."""
    loose = isinstance(node.source, tree.Call) and getattr(node.source.callee, "name", "") in _LOOSE
    for item in row.fields:
        found = columns.get(item.name)
        if found is None:
            if item.default is None and not isinstance(item.type, Optional):
                _report_lacking(c, node, row, item, columns)
        elif not readable(found, item.type, loose):
            c.report(
                "E0603",
                f"the column `{item.name}` of `{node.name.text}` is `{found}`, not `{item.type}`",
                node.source.span,
                related=_field_place(row, item),
                help=f"declare the field as `{item.name}: {found}`, or change the file",
            )


def _report_lacking(c: Checker, node: tree.Input, row: Record, item: RecordField, columns: Mapping[str, Type]) -> None:
    c.report(
        "E0602",
        f"`{node.name.text}` has no column `{item.name}`",
        node.source.span,
        label=did_you_mean(item.name, columns),
        related=_field_place(row, item),
        notes=(f"columns: {', '.join(columns)}",),
        help=f"if it may be missing, declare `{item.name}: {item.type}?`",
    )


def _field_place(row: Record, item: RecordField) -> tuple[Related, ...]:
    return (Related(item.place, f"`{row}` wants it"),) if item.place is not None else ()


def readable(column: Type, wanted: Type, loose: bool) -> bool:
    """What a column of a file can be read as: closed choices and checked texts are looked at row by row."""
    wanted, given = solid(wanted), solid(column)
    if fits(given, wanted) or ANY in (given, wanted):
        return True
    if given == STR:
        return fits(wanted, STR) or (loose and not isinstance(wanted, Record))
    if loose:
        return fits(wanted, STR)
    if given == List(ANY):
        return isinstance(wanted, List)
    return False


def _key(c: Checker, settings: Sequence[tree.Setting], columns: Mapping[str, Type] | None, row: Record | None) -> None:
    """`key = id` names a column, which need not be a field of the record."""
    for setting in settings:
        if setting.name.text != "key":
            continue
        known = dict(columns) if columns is not None else None
        if known is None and row is not None:
            continue
        _check_key(c, setting, known)


def _check_key(c: Checker, setting: tree.Setting, columns: Mapping[str, Type] | None) -> None:
    if not isinstance(setting.value, tree.Ref):
        c.report("E0604", "`key` is the name of a column", setting.value.span, help="write `key = id`")
        return
    if columns is None:
        return
    found = columns.get(setting.value.name)
    if found is None:
        c.report(
            "E0604",
            f"there is no column `{setting.value.name}`",
            setting.value.span,
            label=did_you_mean(setting.value.name, columns),
            notes=(f"columns: {', '.join(columns)}",),
        )
    elif solid(found) not in (*_KEYS, ANY):
        c.report("E0604", f"a `{found}` cannot be a key", setting.value.span, help="a key is a text or a number")
