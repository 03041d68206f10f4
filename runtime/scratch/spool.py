"""Python values in, one after the other; all of them in order, or one by its index, out. What is large lies on disk."""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import IO, Any

IN_MEMORY = 1 << 22
"""Bytes; a larger spool moves to disk."""
READ = 1 << 18


class Spool(Sequence[Any]):
    """Append, iterate, index. Values come back as equal copies, with what generated values carry."""

    def __init__(self) -> None:
        self._ends = array("Q", [0])
        self._tail = bytearray()
        self._written = 0
        self._file: IO[bytes] | None = None

    def append(self, value: object) -> None:
        self._tail += pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._ends.append(self._written + len(self._tail))
        if len(self._tail) > (IN_MEMORY if self._file is None else READ):
            self._write()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return pickle.loads(self._read(self._ends[index], self._ends[index + 1]))

    def __iter__(self) -> Iterator[Any]:
        """Read in large pieces. Appending meanwhile is fine: what is new comes last."""
        start = 0
        while start < len(self):
            stop = start + 1
            while stop < len(self) and self._ends[stop + 1] - self._ends[start] <= READ:
                stop += 1
            low = self._ends[start]
            data = memoryview(self._read(low, self._ends[stop]))
            for place in range(start, stop):
                yield pickle.loads(data[self._ends[place] - low : self._ends[place + 1] - low])
            start = stop

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (lives as long as the spool)
        self._file.write(self._tail)
        self._written += len(self._tail)
        self._tail = bytearray()

    def _read(self, start: int, end: int) -> bytes:
        if self._file is None or start >= self._written:
            return bytes(self._tail[start - self._written : end - self._written])
        data = os.pread(self._file.fileno(), min(end, self._written) - start, start)
        return data + bytes(self._tail[: end - self._written]) if end > self._written else data
