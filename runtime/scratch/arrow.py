"""Blocks of one schema in; a table of them in a file without a name, read where it lies, out: little is in memory."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa

from runtime.scratch.mapped import give_back

HELD_BYTES = 32 * 1024 * 1024
"""Of the file; beyond that its pages go back to the system, which has them in its cache as long as there is room."""
SEGMENT_BYTES = 256 * 1024 * 1024
"""Of a file that several tables share; only what is written of it takes room."""


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


class MappedTables:
    """As `MappedTable` for tables that come one after the other. Their files go with the last of them."""

    def __init__(self) -> None:
        self.size = 0
        self._segments: list[_Segment] = []
        self._read = 0

    def add(self, blocks: Iterable[pa.Table]) -> pa.Table | None:
        """All of a table, mapped in one piece; None where no block has a row."""
        found = [block for block in blocks if block.num_rows]
        if not found:
            return None
        data = _stream(pa.concat_tables(found).combine_chunks())
        if not self._segments or not self._segments[-1].has_room(data.size):
            self._segments.append(_Segment.of(max(SEGMENT_BYTES, data.size)))
        self.size += data.size
        return pa.ipc.open_stream(self._segments[-1].add(data)).read_all()

    def read(self, size: int) -> None:
        """Told of bytes that were read, so that memory does not grow with the tables."""
        self._read += size
        if self._read > HELD_BYTES:
            self._read = 0
            for segment in self._segments:
                give_back(segment.pages)


def _stream(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@dataclass
class _Segment:
    """A file without a name. What is written of it is read where it lies."""

    file: IO[bytes]
    pages: mmap.mmap
    used: int = 0

    @classmethod
    def of(cls, size: int) -> _Segment:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (lives as long as the segment)
        file.truncate(size)
        return cls(file, mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))

    def has_room(self, size: int) -> bool:
        return self.used + size <= len(self.pages)

    def add(self, data: pa.Buffer) -> pa.Buffer:
        """The next one begins at a page of its own."""
        start, left = self.used, memoryview(data)
        while left:
            left = left[os.pwrite(self.file.fileno(), left, start + data.size - len(left)) :]
        self.used = -(-(start + data.size) // mmap.PAGESIZE) * mmap.PAGESIZE
        return pa.py_buffer(self.pages).slice(start, data.size)
