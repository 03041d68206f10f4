"""A diff in; a patch that makes its older version the newer one out, line by line (docs/diff.md describes them)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import orjson

from runtime.diff.cells import Cells
from runtime.diff.changes import Changes
from runtime.diff.model import DatasetDiff, Diff, RowChange, RowQuery
from runtime.diff.rows import TableRows
from runtime.diff.shards import Version
from runtime.diff.told import Told
from runtime.diff.values import same
from runtime.diff.view import View
from runtime.patch.model import FORMAT, Part, parts_of
from runtime.patch.values import line, row_json
from runtime.query.catalog import manifest_at
from runtime.store.port import Store
from runtime.tables.keys import decode_key, key_json
from runtime.tables.layout import dataset_folder
from runtime.tables.manifest import Manifest, TableManifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.schema import schema_json

Object = dict[str, Any]
ALL = View(limit=None)


def patch_lines(store: Store, diff: Diff, view: View = ALL, *, calls: bool = False) -> Iterator[str]:
    """With a view that chooses rows or columns, only these rows, and nothing but rows. `calls`: with provenance."""
    written = 0
    for value in _objects(store, diff, view, calls):
        written += 1
        yield line(value)
    yield line({"end": written})


def _objects(store: Store, diff: Diff, view: View, calls: bool) -> Iterator[Object]:
    whole = replace(view, stat=False) == ALL
    yield {
        "synth_patch": FORMAT,
        "from": {"name": diff.a_name, "commit": diff.a},
        "to": {"name": diff.b_name, "commit": diff.b},
        "whole": whole,
        "calls": whole and calls,
    }
    for dataset in diff.datasets:
        if dataset.state != "same":
            found = _Dataset(store, diff, dataset)
            yield from found.whole(calls) if whole else found.chosen(view)


class _Dataset:
    """One dataset's two versions."""

    def __init__(self, store: Store, diff: Diff, dataset: DatasetDiff) -> None:
        self._store, self._diff, self._dataset = store, diff, dataset
        self._before = manifest_at(store, diff.a, dataset.name)
        self._after = manifest_at(store, diff.b, dataset.name)

    @property
    def _spec(self) -> str:
        return f"{dataset_folder(self._dataset.name)}/spec"

    def _line(self, before: Object | None, after: Object | None, spec: bool) -> Object:
        """`spec`: its files follow, in place of those that are there."""
        return {"dataset": self._dataset.name, "before": before, "after": after, "spec": spec}

    def whole(self, calls: bool) -> Iterator[Object]:
        spec = self._after is not None and bool(self._store.changed(self._diff.a, self._diff.b, self._spec))
        yield self._line(_outline(self._before), _outline(self._after), spec)
        if self._after is not None:
            yield from self._files() if spec else ()
            for part in parts_of(self._before, self._after, calls=calls):
                yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Object]:
        before, after = part.of(self._before), part.of(self._after)
        if after is None or (before is not None and _shape(before) == _shape(after)):
            return
        folder = part.folder(self._dataset.name)
        old, new = (
            Version(self._store, commit, folder, table)
            for commit, table in ((self._diff.a, before), (self._diff.b, after))
        )
        yield from _rows(part, old, new, TableRows(str(part), *_changes(part, old, new)), RowQuery())

    def chosen(self, view: View) -> Iterator[Object]:
        yield self._line(None, None, False)
        query = RowQuery(
            view.only, view.columns, view.where, view.sample, view.offset, view.limit, view.reason, view.flag
        )
        for table in self._dataset.tables:
            source = table.source
            assert isinstance(source, TableRows)
            part = Part("table", table.name)
            yield from _rows(part, source.changes.before, source.changes.after, source, query)

    def _files(self) -> Iterator[Object]:
        """The spec that made the new version; it stands in place of the old one's."""
        for entry in self._store.entries(self._diff.b, self._spec):
            data = self._store.read(self._diff.b, entry.path)
            name = entry.path.removeprefix(f"{self._spec}/")
            try:
                yield {"file": name, "text": data.decode()}
            except UnicodeDecodeError:
                yield {"file": name, "base64": base64.b64encode(data).decode()}


def _changes(part: Part, old: Version, new: Version) -> tuple[Changes, Cells, Told]:
    """Rows alone: nothing is told about them."""
    changes, none = Changes(str(part), old, new), Version(old.store, None, "", None)
    return changes, Cells(changes), Told((None, None), (none, none), (none, none), ())


def _rows(part: Part, old: Version, new: Version, source: TableRows, query: RowQuery) -> Iterator[Object]:
    """Nothing at all where no row is wanted and the tables are alike."""
    rows = source.rows(query)
    first = next(rows, None)
    if first is None and _shape(old.table) == _shape(new.table):
        return
    yield {"part": part.kind, "table": part.name, "before": _shape(old.table), "after": _shape(new.table)}
    for row in chain([first] if first else [], rows):
        yield _row(row, old, new)


def _row(row: RowChange, old: Version, new: Version) -> Object:
    key = key_json(decode_key(row.id))
    if row.state == "added":
        return {"+": key, "row": row_json(row.after or {}, new.schema)}
    if row.state == "removed":
        return {"-": key, "was": row.hash_before}
    return {"~": key, "was": row.hash_before, "cells": row_json(_differing(row), new.schema)}


def _differing(row: RowChange) -> Object:
    """Whole cells. A column that the old version did not have is null where it is left out."""
    before, after = row.before or {}, row.after or {}
    return {
        name: value
        for name, value in after.items()
        if name in row.columns and not (same(before[name], value) if name in before else value is None)
    }


def _shape(table: TableManifest | None) -> Object | None:
    if table is None:
        return None
    return {"root": table.root, "schema": schema_json(table.schema), **({"atomic": True} if table.atomic else {})}


def _outline(manifest: Manifest | None) -> Object | None:
    """Everything but the tables, of which only the digests stand here."""
    if manifest is None:
        return None
    bare = replace(manifest, tables={}, rejected=None, calls=None, decisions=None)
    parts = [[part.kind, part.name, table.root] for part in parts_of(manifest) if (table := part.of(manifest))]
    return {"root": manifest.root, "parts": parts, "manifest": orjson.loads(write_manifest(bare))}
