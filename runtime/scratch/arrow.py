"""Blocks of one schema in; a table of them in a file without a name, read where it lies, out: little is in memory."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from runtime.scratch.mapped import give_back

HELD_BYTES = 32 * 1024 * 1024
"""Of the file; beyond that its pages go back to the system, which has them in its cache as long as there is room."""


class MappedTable:
    """Made by `of`. The file is removed as soon as it is mapped, and goes with the table."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.table: pa.Table = pa.ipc.open_file(pa.py_buffer(self._pages)).read_all()
        self._row_bytes = len(self._pages) // max(1, self.table.num_rows) + 1
        self._read = 0

    @classmethod
    def of(cls, blocks: Iterable[pa.Table]) -> MappedTable | None:
        """A batch for each block that is not empty; None where all are."""
        writer: pa.RecordBatchFileWriter | None = None
        with tempfile.NamedTemporaryFile(prefix="synth-table-") as file:
            for block in blocks:
                if block.num_rows:
                    writer = writer or pa.ipc.new_file(file.name, block.schema)
                    writer.write_table(block.combine_chunks())
            if writer is None:
                return None
            writer.close()
            return cls(Path(file.name))

    def read(self, rows: int) -> None:
        """Told of rows that were read, so that memory does not grow with the table."""
        self._read += rows * self._row_bytes
        if self._read > HELD_BYTES:
            self._read = 0
            give_back(self._pages)
