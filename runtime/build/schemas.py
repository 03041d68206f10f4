"""The checker's types in; table schemas out: an emit's columns, and the fixed tables of rejected rows and of calls."""

from __future__ import annotations

from collections.abc import Mapping

from compiler import plan, types
from runtime.tables import schema as table

REJECTED = table.schema(
    {
        "statement": table.STR,
        "reason": table.STR,
        "names": table.list_of(table.STR),
        "values": table.JSON,
        "duplicate_of": table.optional(table.STR),
    }
)

CALLS = table.schema(
    {
        "row": table.STR,
        "cell": table.STR,
        "kind": table.STR,
        "round": table.INT,
        "element": table.INT,
        "sample": table.INT,
        "attempt": table.INT,
        "value": table.optional(table.JSON),
        "error": table.optional(table.STR),
        "prompt": table.optional(table.STR),
        "arguments": table.optional(table.JSON),
        "role": table.optional(table.STR),
        "model": table.optional(table.STR),
        "text": table.optional(table.STR),
        "finish": table.optional(table.STR),
        "seed": table.optional(table.STR),
        "logprob": table.optional(table.FLOAT),
        "reasoning": table.optional(table.STR),
        "labels": table.optional(table.JSON),
        "p": table.optional(table.FLOAT),
        "prompt_tokens": table.optional(table.INT),
        "completion_tokens": table.optional(table.INT),
        "repeatable": table.optional(table.BOOL),
        "call": table.optional(table.STR),
    }
)

SCALARS: Mapping[str, table.Type] = {
    "str": table.STR,
    "int": table.INT,
    "float": table.FLOAT,
    "bool": table.BOOL,
    "any": table.JSON,
    "null": table.optional(table.JSON),
}


def column_type(of: types.Type) -> table.Type:
    """The stored type of a value. What has no columnar form of its own is kept as JSON, with all that holds it."""
    match of:
        case types.Scalar(name=name):
            return SCALARS[name]
        case types.Optional(base=base):
            return table.optional(column_type(base))
        case types.Generated(base=base) | types.Extended(base=base):
            return column_type(base)
        case types.List(element=element):
            inner = column_type(element)
            return table.JSON if inner.kind == "json" else table.list_of(inner)
        case types.Record(open=False, fields=fields):
            columns = {item.name: column_type(item.type) for item in fields}
            within = any(inner.kind == "json" for inner in columns.values())
            return table.JSON if within else table.record_of(columns)
        case types.CheckedText() | types.Choice() | types.Role():
            return table.STR
        case types.Verdict(kind=kind):
            return {"bool": table.BOOL, "score": table.FLOAT}.get(kind, table.INT)
    return table.JSON


def emit_schema(step: plan.Emit) -> table.Schema:
    return table.schema({column.name: column_type(column.type) for column in step.columns})
