"""The path of an Arrow file in; its table out, read where it lies, of which little is in memory at a time."""

from __future__ import annotations

import mmap
from pathlib import Path

import pyarrow as pa

HELD_BYTES = 32 * 1024 * 1024
"""Of the file; beyond that its pages go back to the system, which has them in its cache as long as there is room."""


class MappedTable:
    """The file may be removed once it is mapped."""

    def __init__(self, path: str | Path) -> None:
        with Path(path).open("rb") as file:
            self._pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.table: pa.Table = pa.ipc.open_file(pa.py_buffer(self._pages)).read_all()
        self._row_bytes = len(self._pages) // max(1, self.table.num_rows) + 1
        self._read = 0

    def read(self, rows: int) -> None:
        """Told of rows that were read, so that memory does not grow with the table."""
        self._read += rows * self._row_bytes
        if self._read > HELD_BYTES:
            self._read = 0
            if hasattr(mmap, "MADV_DONTNEED"):
                self._pages.madvise(mmap.MADV_DONTNEED)
