"""The `personas` declarations of a program in; what a `Persona` has there (id, text, role, the files' columns) out."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.catalog import ColumnType
from compiler.model import Kind, Symbol
from compiler.passes.types.checker import Checker
from compiler.passes.types.relations import optional
from compiler.types import ANY, BOOL, FLOAT, INT, PERSONA, STR, List, Optional, Record, RecordField, SourceOf, Type
from dsl import tree

COLUMN_TYPES: Mapping[ColumnType, Type] = {
    "str": STR,
    "int": INT,
    "float": FLOAT,
    "bool": BOOL,
    "list": List(ANY),
    "record": ANY,
    "null": Optional(ANY),
    "any": ANY,
}


def persona_of(further: Mapping[str, Type] | None) -> Record:
    """A persona with `further` columns; None: only the file knows which, so any may be asked for."""
    if further is None:
        return PERSONA
    known = dict.fromkeys(("id", "text"), STR) | {"role": Optional(STR)} | dict(further)
    return Record("Persona", tuple(RecordField(name, kind) for name, kind in known.items()), open=False)


def persona_type(c: Checker) -> Record:
    """What the type `Persona` means in this program: all its personas' columns, each of which one file may lack."""
    if c.persona is None or any(symbol.kind is Kind.PERSONAS for symbol in c.pending):
        c.persona = _joined(c)
    return c.persona


def _joined(c: Checker) -> Record:
    rows = [c.of(symbol) for symbol in _declared(c)]
    records = [kind.row for kind in rows if isinstance(kind, SourceOf) and isinstance(kind.row, Record)]
    if not rows or len(records) < len(rows) or any(record.open for record in records):
        return PERSONA
    further: dict[str, Type] = {}
    for record in records:
        for item in record.fields:
            everywhere = all(record.field(item.name) is not None for record in records)
            further.setdefault(item.name, item.type if everywhere else optional(item.type))
    return persona_of(further)


def _declared(c: Checker) -> list[Symbol]:
    nodes = (d for file in c.model.files.values() for d in file.declarations if isinstance(d, tree.Personas))
    symbols = (c.symbols[node] for node in nodes if node in c.symbols)
    return [symbol for symbol in symbols if symbol.kind is Kind.PERSONAS and symbol not in c.pending]
