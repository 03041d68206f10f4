"""What a dataset reads in; its inputs as far as they may be read while somebody types, or why one may not, out.

Files of the project and rows that are stored on this machine are read, up to a size; a query runs for a moment. No
code of the project is run, no server is asked, and nothing is written, not even what reading twice would save.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from compiler import plan
from dsl.diagnostics import SynthError
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.query.catalog import DatasetAt, dataset_at
from runtime.query.names import Reference
from runtime.sources.catalog import where_of
from runtime.sources.raw import locate
from runtime.sources.references import emit_of, parse, table_at
from runtime.sources.sql import MOMENT
from runtime.sources.stored import KIND, Table, table_names
from runtime.store.port import CommitId, Store
from runtime.tables.layout import shard_path
from runtime.tables.manifest import Shard

FILES = frozenset({"jsonl", "json", "csv", "parquet", "text", "markdown", "html", "hf"})
"""Sources that are files of the project, read as they stand."""
LARGEST = 20_000_000
"""Bytes of a source beyond which it is not read while somebody types."""
SECONDS = 1.0
"""What a query may take."""


class Unread(Exception):
    """An input that is not to be read now, with the reason in words."""


@dataclass(frozen=True)
class Place:
    """A project's folder, and its store and current branch where the store lies on this machine and is there."""

    root: Path
    store: Store | None = None
    branch: str = ""

    def open(self, loaded: Loaded) -> Inputs:
        """Raises `Unread`; SynthError for what a check tells of."""
        tables = {item.name: self._look(item) for item in loaded.plan.inputs}
        stored = {name: table for name, table in tables.items() if table is not None}
        inputs = tuple(replace(item, dataset=item.name) if item.name in stored else item for item in loaded.plan.inputs)
        judges = tuple(replace(judge, gold=None) for judge in loaded.plan.judges)  # no row is made from their cases
        looked = replace(loaded, plan=replace(loaded.plan, inputs=inputs, judges=judges))
        return Inputs.open(looked, self.root, {}, lambda name, _: stored[name])

    def _look(self, item: plan.InputPlan) -> Table | None:
        """The rows of a stored dataset; None for what is read from files."""
        if item.dataset is not None or item.kind == KIND:
            return self._stored(item)
        if item.kind == "sql":
            return None
        if item.kind not in FILES:
            raise Unread(f"`{item.name}` is read by `{item.kind}(…)`, which only a command does")
        files = locate(where_of(item.kind, item.arguments, self.root, item.span))
        _allow(item, sum(file.stat().st_size for file in files))
        return None

    def _stored(self, item: plan.InputPlan) -> Table:
        text = str(next(iter(item.arguments.values()), ""))
        reference = Reference(item.dataset, None, item.table) if item.dataset is not None else parse(text)
        found = self._version(reference)
        if found is None:
            raise Unread(f"`{item.name}` has no rows on this machine yet")
        named = table_names(found.manifest, emit_of(found.manifest, reference))
        _allow(item, sum(shard.size for name in named for shard in found.manifest.tables[name].shards))
        return table_at(found, reference, reference.name, _in_memory)

    def _version(self, reference: Reference) -> DatasetAt | None:
        if self.store is None:
            return None
        try:
            return dataset_at(self.store, reference.dataset, reference.ref or self.branch)
        except SynthError:  # nothing was built on the branch, or a check tells of the version
            return None


@contextmanager
def moment() -> Iterator[None]:
    """Within it a query ends soon, if need be with an error."""
    token = MOMENT.set(SECONDS)
    try:
        yield
    finally:
        MOMENT.reset(token)


def _allow(item: plan.InputPlan, size: int) -> None:
    if size > LARGEST:
        raise Unread(f"`{item.name}` is larger than {LARGEST // 1_000_000} MB")


def _in_memory(store: Store, commit: CommitId, folder: str, shards: Sequence[Shard]) -> Iterator[BytesIO]:
    return (BytesIO(store.read(commit, shard_path(folder, shard.sha256))) for shard in shards)
