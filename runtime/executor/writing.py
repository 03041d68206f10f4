"""Candidates that belong to the tables in; sorted runs of their rows, a file for each table, out.

The tables of a dataset that several processes write: each writes rows as `Output` does, drains them into runs, and who
gathers the runs puts what they became in the place of shards of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import SynthError
from runtime.build.output import Output
from runtime.executor.messages import Run, Sealed
from runtime.store.port import ObjectId
from runtime.tables.manifest import TableManifest, table_root
from runtime.tables.writer import TableWriter

if TYPE_CHECKING:
    from runtime.executor.reduction import Gathered
    from runtime.tables.schema import Schema


class Drained(TableWriter):
    """A table whose rows are sorted here and cut elsewhere."""

    placed: Gathered | None = None
    before: TableManifest | None = None

    def __enter__(self) -> Drained:
        return self

    def run(self, folder: Path, node: str) -> Run | None:
        """What was added, in key order, as a file in `folder`; None where that is nothing."""
        from runtime.executor.runs import write_run

        self._flush()
        found = None if self._sorter is None else write_run(self._sorter.blocks(), _file(folder))
        self.close()
        return (
            None
            if found is None
            else Run(self.folder, str(found.path), node, found.rows, found.size, found.borders, self.summary)
        )

    @property
    def folder(self) -> str:
        return self._folder

    @property
    def schema(self) -> Schema:
        return self._schema

    @property
    def size(self) -> int:
        """Bytes of rows that were sorted, or wait for it."""
        return 0 if self._sorter is None else self._sorter.size

    def finish(self) -> TableManifest:
        """The shards that were made of all runs; of a table without rows, none."""
        placed = self.placed
        if placed is None:
            return super().finish()
        self.written = dict(placed.written)
        return TableManifest(
            schema=self._schema,
            root=table_root(self._schema, [shard.logical for shard in placed.shards]),
            rows=sum(shard.rows for shard in placed.shards),
            shards=tuple(placed.shards),
            stats=placed.summary.result(),
        )


class Spread(Output):
    """A dataset's tables, as one of those sees them who write a part of their rows."""

    def _writer(self, schema: object, folder: str, previous: TableManifest | None) -> Drained:
        writer = Drained(schema, folder, self.put, previous)  # type: ignore[arg-type]
        writer.before = previous
        return writer

    def __enter__(self) -> Spread:
        return self

    def writers(self) -> Iterator[Drained]:
        for writer in (*self._tables.values(), self._rejected, self._calls.writer, self._texts.writer):
            assert isinstance(writer, Drained)
            yield writer

    @property
    def texts_folder(self) -> str:
        """Of the table of which a row may stand in several runs."""
        writer = self._texts.writer
        assert isinstance(writer, Drained)
        return writer.folder

    @property
    def size(self) -> int:
        return sum(writer.size for writer in self.writers())

    def drain(self, folder: Path, node: str) -> list[Run]:
        """What was copied of the version before is in a run, too: it is marked anew from here on."""
        self.flush()
        self._calls.copy()
        runs = [run for writer in self.writers() if (run := writer.run(folder, node)) is not None]
        if self.before is not None:
            self.before.copied = bytearray(len(self.before.copied))
        return runs

    def placed(self, error: SynthError) -> SynthError:
        """The same mistakes, at the `key = [...]` that made the key, as `finish` tells them."""
        return SynthError(*(replace(found, span=found.span or self._keyed()) for found in error.diagnostics))

    def gather(self, sealed: Sealed) -> None:
        """What a worker counted of its rows."""
        self._calls.told.update(sealed.told)

    def sealed(self, folder: Path, node: str, positions: Mapping[int, list[int]]) -> Sealed:
        return Sealed(positions, self.drain(folder, node), dict(self._calls.told))


def no_put(data: bytes) -> ObjectId:
    raise AssertionError("shards are put by those who reduce")


def _file(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".arrow", dir=folder, delete=False) as file:
        return Path(file.name)
