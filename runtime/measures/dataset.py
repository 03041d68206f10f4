"""All tables of a dataset in; its measures, the unnamed emit's by their own names, another's as `table.name`, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from runtime.measures.table import measure
from runtime.tables import layout
from runtime.tables.manifest import TableManifest
from runtime.tables.writer import shard_paths


def measures(dataset: str, tables: Mapping[str, TableManifest], local: Callable[[str], Path]) -> dict[str, float]:
    """`local` brings a path of the commit, or of what was put for the next one, onto this machine."""
    found: dict[str, float] = {}
    for name, table in sorted(tables.items()):
        prefix = "" if name == dataset else f"{name}."
        paths = [local(path) for path in shard_paths(layout.table_folder(dataset, name), table)]
        found |= {f"{prefix}{key}": value for key, value in measure(table, paths).items()}
    return found
