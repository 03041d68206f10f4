"""A `mix` in; the type of its rows out: the columns of all its parts, and `source`."""

from __future__ import annotations

from typing import cast

from compiler.constant import UNKNOWN
from compiler.model import Kind, Symbol
from compiler.passes.types.checker import Checker, declares
from compiler.passes.types.data import check_keys, check_shares
from compiler.passes.types.relations import bare, optional, together
from compiler.types import ANY, FLOAT, STR, Record, RecordField, SourceOf, Type
from dsl import tree
from dsl.diagnostics import Related, did_you_mean
from dsl.source import Span

SOURCE = "source"
Part = tuple[tree.Entry, Record]


@declares(Kind.MIX)
def mix(c: Checker, symbol: Symbol) -> Type:
    """A column that a part does not have is null in its rows."""
    node = cast(tree.Mix, symbol.node)
    parts = [(entry, row) for entry in node.shares.entries if (row := _row(c, entry)) is not None]
    _check_shares(c, node)
    names = dict.fromkeys(item.name for _, row in parts for item in row.fields)
    fields = [RecordField(name, _column(c, name, parts), place=_place(name, parts)) for name in names if name != SOURCE]
    return SourceOf(Record(symbol.name, (RecordField(SOURCE, STR), *fields)))


def _row(c: Checker, entry: tree.Entry) -> Record | None:
    part = c.symbols.get(entry)
    kind = c.of(part) if part is not None else None
    if isinstance(kind, SourceOf):
        return _of_part(c, entry, part, kind.row)
    if kind != ANY:
        names = [s.name for s in c.declared if s.kind in (Kind.DATASET, Kind.INPUT, Kind.MIX)]
        label = did_you_mean(entry.key, names)
        c.report("E0201", f"there is no dataset or input `{entry.key}`", entry.key_span, label=label)
    return None


def _of_part(c: Checker, entry: tree.Entry, part: Symbol | None, row: Type) -> Record | None:
    """A mix in a mix gives up its own `source`; anything else that has one would lose what it says."""
    if not isinstance(row, Record):
        return None
    if row.field(SOURCE) is not None and part is not None and part.kind is not Kind.MIX:
        c.report(
            "E0437",
            f"`{entry.key}` has a column `{SOURCE}`, and so has every mix",
            entry.key_span,
            notes=(f"`{SOURCE}` says which part a row of a mix comes from",),
            help="give the part's column another name",
        )
    return row


def _place(name: str, parts: list[Part]) -> Span | None:
    return next((item.place for _, row in parts if (item := row.field(name)) is not None), None)


def _column(c: Checker, name: str, parts: list[Part]) -> Type:
    """What holds the values of all parts; null too, where a part does not have it."""
    having = [(entry, item.type) for entry, row in parts if (item := row.field(name)) is not None]
    kind: Type = bare(having[0][1])
    for entry, other in having[1:]:
        both = together((kind, bare(other)))
        if both is None:
            _report_unfit(c, name, having[0], (entry, other))
            return ANY
        kind = both
    return kind if len(having) == len(parts) else optional(kind)


def _report_unfit(c: Checker, name: str, first: tuple[tree.Entry, Type], other: tuple[tree.Entry, Type]) -> None:
    c.report(
        "E0438",
        f"the columns `{name}` of `{first[0].key}` and `{other[0].key}` do not fit",
        other[0].key_span,
        label=f"`{name}` is `{bare(other[1])}` here",
        related=(Related(first[0].key_span, f"and `{bare(first[1])}` here"),),
        help="a mix has one column of a name: rename one of them, or make their types alike",
    )


def _check_shares(c: Checker, node: tree.Mix) -> None:
    check_keys(c, node.shares)
    for entry in node.shares.entries:
        kind = c.expect(entry.value, FLOAT, f"the share of `{entry.key}`")
        if c.evaluate(entry.value) is UNKNOWN and kind != ANY:
            c.report("E0326", f"the share of `{entry.key}` must be known before any row", entry.value.span)
    check_shares(c, node.shares, "shares")
