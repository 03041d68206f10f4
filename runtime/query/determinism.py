"""A table of calls and its files in; how many answers of each role are repeatable and how many only recorded, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime.query.scratch import fetch_all, parquet
from runtime.tables.manifest import Determinism, TableManifest


def recounted(calls: TableManifest | None, paths: Sequence[Path | str]) -> dict[str, Determinism]:
    """As a build counts them. Calls of a version that did not record it yet are not counted."""
    if calls is None or not paths or "repeatable" not in calls.schema.names:
        return {}
    sql = f"""select coalesce(role, ''), repeatable, count(*) from {parquet([str(path) for path in paths])}
        where repeatable is not null group by all"""
    return determinism({(role, again): number for role, again, number in fetch_all(sql)})


def determinism(told: Mapping[tuple[str, bool], int]) -> dict[str, Determinism]:
    """From calls counted by role and by whether their answer is repeatable; in the order of the roles' names."""
    roles = sorted({role for role, _ in told})
    return {role: Determinism(told.get((role, True), 0), told.get((role, False), 0)) for role in roles}
