"""Three schemas of a table in; the one that holds the rows of both sides out, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dsl.diagnostics import Diagnostic
from runtime.diff.schema import types_of
from runtime.merge.model import Side
from runtime.tables.schema import Column, Schema, Type


@dataclass(frozen=True, slots=True)
class MergedSchema:
    """`new` are columns that one side added and the other's own rows do not have."""

    schema: Schema
    new: frozenset[str] = frozenset()
    problems: tuple[Diagnostic, ...] = ()

    def with_nulls(self, names: frozenset[str]) -> Schema:
        """Those columns may be null: some rows have no value for them."""
        return Schema(tuple(_nullable(c) if c.name in names else c for c in self.schema.columns))


def _nullable(column: Column) -> Column:
    return replace(column, type=replace(column.type, nullable=True))


def merged_schema(base: Schema, ours: Schema, theirs: Schema, where: str, prefer: Side | None = None) -> MergedSchema:
    """Columns that one side added are there, those that one side removed are not, in ours' order.

    Two types of one column go together when one holds the other's values; `prefer` decides where they do not.
    """
    problems: list[Diagnostic] = []
    columns, new = [], set()
    known = types_of(base), types_of(ours), types_of(theirs)
    for name in dict.fromkeys((*ours.names, *theirs.names)):
        b, o, t = (types.get(name) for types in known)
        found = _type(b, o, t)
        if isinstance(found, str):
            problems += [] if prefer else [_unfit(where, name, (b, o, t), found)]
            found = o if prefer != "theirs" else t
        if found is not None:
            columns.append(Column(name, found))
            new |= {name} if (o is None or t is None) else set()
    return MergedSchema(Schema(tuple(columns)), frozenset(new), tuple(problems))


def _type(base: Type | None, ours: Type | None, theirs: Type | None) -> Type | str | None:
    """The merged type, None for no column, or why there is none."""
    if ours is not None and theirs is not None:
        return wider(ours, theirs) or "their types hold different values"
    alone, side = (ours, "ours") if theirs is None else (theirs, "theirs")
    if base is None:
        return alone
    return None if alone == base else f"removed on one side, and another type in {side}"


def wider(a: Type, b: Type) -> Type | None:
    """The type that holds the values of both: equal but for nulls, or int beside float."""
    nullable = a.nullable or b.nullable
    one, two = replace(a, nullable=nullable), replace(b, nullable=nullable)
    if one == two:
        return one
    if {a.kind, b.kind} == {"int", "float"}:
        return Type("float", nullable)
    if a.kind == b.kind == "list" and a.element is not None and b.element is not None:
        element = wider(a.element, b.element)
        return None if element is None else Type("list", nullable, element)
    return None


def _unfit(where: str, name: str, types: tuple[Type | None, ...], why: str) -> Diagnostic:
    return Diagnostic(
        code="E1063",
        message=f"column `{name}` of `{where}` cannot be merged: {why}",
        notes=tuple(_told(types)),
        help="build one side with the other's type first, or take one side's with `--ours` or `--theirs`",
    )


def _told(types: tuple[Type | None, ...]) -> Iterator[str]:
    for side, type_ in zip(("base", "ours", "theirs"), types, strict=True):
        yield f"{side}: {type_ if type_ is not None else 'no such column'}"


def lost_cells(where: str, name: str, side: Side, count: int) -> Diagnostic:
    """Cells were changed in a column that `side` removed."""
    other = "theirs" if side == "ours" else "ours"
    return Diagnostic(
        code="E1063",
        message=f"column `{name}` of `{where}` was removed in {side}, and {count:,} of its cells changed in {other}",
        help="`--ours` or `--theirs` says which side's columns hold",
    )
