"""Two versions of a table's schema in; the columns that came, went or have another type, and those both have, out."""

from __future__ import annotations

from runtime.diff.model import SchemaChange, State
from runtime.tables.schema import Schema, Type

EMPTY = Schema(())


def schema_changes(before: Schema, after: Schema) -> tuple[SchemaChange, ...]:
    """In the new version's order, what went at the end. Another order of the same columns is no change."""
    old, new = types_of(before), types_of(after)
    came = [_change(name, old.get(name), type_) for name, type_ in new.items() if old.get(name) != type_]
    went = [_change(name, type_, None) for name, type_ in old.items() if name not in new]
    return (*came, *went)


def _change(name: str, before: Type | None, after: Type | None) -> SchemaChange:
    state: State = "added" if before is None else "removed" if after is None else "changed"
    return SchemaChange(
        column=name,
        state=state,
        before=None if before is None else str(before),
        after=None if after is None else str(after),
    )


def types_of(schema: Schema) -> dict[str, Type]:
    return {column.name: column.type for column in schema.columns}


def all_columns(before: Schema, after: Schema) -> tuple[str, ...]:
    """Every column of either version once: the new version's order, what went at the end."""
    return tuple(dict.fromkeys((*after.names, *before.names)))
