"""Rows of a fixed width in; any of them, or all of them block by block, out again. They lie on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[Any]
BUFFER = 1 << 18
"""Bytes of rows that wait in memory before they are written."""


class ScratchRows:
    """Append and read, by index or in blocks. The file has no name: it goes with the last reference to it."""

    def __init__(self, width: int, dtype: npt.DTypeLike) -> None:
        self.dtype, self.width = np.dtype(dtype), width
        self._bytes = width * self.dtype.itemsize
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (lives as long as the rows)
        self._tail = bytearray()
        self._written = 0

    def __len__(self) -> int:
        return self._written + len(self._tail) // self._bytes

    def append(self, rows: Rows) -> None:
        """One row, or several."""
        self._tail += rows.astype(self.dtype, copy=False).tobytes()
        if len(self._tail) >= BUFFER:
            self._flush()

    def take(self, indices: Rows) -> Rows:
        """The rows at these indices, in this order."""
        read, file, size, written, tail = os.pread, self._file.fileno(), self._bytes, self._written, self._tail
        data = b"".join(
            [
                read(file, size, index * size) if index < written else tail[(index - written) * size :][:size]
                for index in indices.tolist()
            ]
        )
        return np.frombuffer(data, self.dtype).reshape(len(indices), self.width)

    def blocks(self, rows: int) -> Iterator[tuple[int, Rows]]:
        """(index of the first, rows), so many at a time."""
        for start in range(0, len(self), rows):
            yield start, self._read(start, min(rows, len(self) - start))

    def _read(self, start: int, count: int) -> Rows:
        if start >= self._written:
            low = (start - self._written) * self._bytes
            data = bytes(self._tail[low : low + count * self._bytes])
            return np.frombuffer(data, self.dtype).reshape(count, self.width)
        if start + count > self._written:
            self._flush()
        data = os.pread(self._file.fileno(), count * self._bytes, start * self._bytes)
        return np.frombuffer(data, self.dtype).reshape(count, self.width)

    def _flush(self) -> None:
        self._written = len(self)
        self._file.write(self._tail)
        self._tail = bytearray()
