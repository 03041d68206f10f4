"""A column's type and statistics in; whether it holds texts or categories, and how SQL gets at the texts, out."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.query.scratch import quoted
from runtime.tables.manifest import ColumnStats
from runtime.tables.schema import Column, Type

MIN_REPEATS = 2
"""Values are categories when each stands in two rows on average: a handful of rows makes no categories."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts inside a column: `name` as a measure prints it (`messages.content`), `sql` a list of text for each row."""

    name: str
    sql: str


def categories(stats: ColumnStats | None) -> tuple[tuple[str, int], ...]:
    """The values of a categorical column with their counts; empty for any other column."""
    found = (stats.categories if stats else None) or ()
    return found if sum(count for _, count in found) >= MIN_REPEATS * len(found) else ()


def texts_of(column: Column, stats: ColumnStats | None) -> tuple[Texts, ...]:
    """The texts to measure: of text columns without categories, of lists of text, and inside records of either."""
    name = quoted(column.name)
    if column.type.kind == "str":
        return () if categories(stats) else (Texts(column.name, f"[{name}]"),)
    if column.type.kind == "list" and column.type.element:
        return _in_list(column.name, name, column.type.element)
    return tuple(
        Texts(f"{column.name}.{field.name}", f"[{name}.{quoted(field.name)}]") for field in _text_fields(column.type)
    )


def _in_list(name: str, sql: str, element: Type) -> tuple[Texts, ...]:
    if element.kind == "str":
        return (Texts(name, sql),)
    return tuple(
        Texts(f"{name}.{field.name}", f"list_transform({sql}, lambda it: it.{quoted(field.name)})")
        for field in _text_fields(element)
    )


def _text_fields(type_: Type) -> tuple[Column, ...]:
    """Fields of a record that hold text; the role of a message is none."""
    return tuple(field for field in type_.fields if field.type.kind == "str" and field.name != "role")
