"""Rows as a person types them in; the tables they lie in, and values of the columns' types, out (E1100, E1103)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import orjson

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.decisions.look import find_keys
from runtime.decisions.model import Json
from runtime.decisions.version import Version
from runtime.query.catalog import no_table
from runtime.query.names import Reference
from runtime.tables import layout
from runtime.tables.keys import print_key
from runtime.tables.schema import Schema, Type


def tables_of(version: Version, keys: Collection[str], table: str | None = None) -> dict[str, str]:
    """The table of each key: the one that is named, else the dataset's own or its only one, or part of a split.

    E1032 for an unknown table, and where only a name can tell; E1100 for a key that no part of a split has.
    """
    names = _named(version, table)
    if len(names) == 1:
        return dict.fromkeys(keys, names[0])
    found = {(one.decision.table, print_key(one.key)) for one in version.recorded}
    for name in names:
        folder = layout.table_folder(version.dataset, name)
        found |= {(name, key) for key in find_keys(version.manifest.tables[name], folder, version.local, keys)}
    placed = {key: name for name, key in found if name in names}
    if missing := [key for key in keys if key not in placed]:
        raise SynthError(_nowhere(version.dataset, missing[0], names))
    return {key: placed[key] for key in keys}


def _named(version: Version, table: str | None) -> Sequence[str]:
    tables, dataset = version.manifest.tables, version.dataset
    if table is not None:
        full = table if table in tables else f"{dataset}/{table}"
        if full in tables:
            return [full]
        raise SynthError(no_table(Reference(dataset, None, table), sorted(tables)))
    if dataset in tables or len(tables) == 1:
        return [dataset if dataset in tables else next(iter(tables))]
    if own := [name for name in tables if name.startswith(f"{dataset}/")]:
        return own
    raise SynthError(
        Diagnostic(
            "E1032",
            f"dataset `{dataset}` has several tables and none of its own name",
            notes=(f"tables: {', '.join(sorted(tables))}",),
            help="say which with `--table`",
        )
    )


def _nowhere(dataset: str, key: str, names: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        "E1100",
        f"`{dataset}` has no row `{key}` to decide on",
        notes=(f"looked in {', '.join(names)}",),
        help="`synth sql` lists keys: select key from the table",
    )


def typed_values(table: str, schema: Schema, given: Sequence[str]) -> dict[str, Json]:
    """`column=value`, as typed. A text is taken as it stands; `null` is null where the column may be."""
    types = {column.name: column.type for column in schema.columns}
    values: dict[str, Json] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in types:
            raise SynthError(_unclear(table, text, types))
        values[name] = _typed(name, types[name], value)
    return values


def _typed(name: str, kind: Type, value: str) -> Json:
    if value == "null" and kind.nullable:
        return None
    if kind.kind == "str":
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        raise SynthError(_no_json(name, kind, value)) from None


def _unclear(table: str, text: str, types: Mapping[str, Type]) -> Diagnostic:
    name = text.partition("=")[0]
    known = f"table `{table}` has no column `{name}`" if "=" in text else f"`{text}` gives no column a value"
    return Diagnostic(
        "E1103",
        known,
        notes=(f"columns: {', '.join(types)}",),
        help=("=" in text and did_you_mean(name, types)) or "write `--edit column=value`",
    )


def _no_json(name: str, kind: Type, value: str) -> Diagnostic:
    return Diagnostic(
        "E1103",
        f"`{value:.80}` is no value of column `{name}`",
        notes=(f"its type is {kind}",),
        help='write it as JSON: 3, true, ["a", "b"]',
    )
