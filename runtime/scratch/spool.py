"""Python values in, one after the other; all of them in order, or one by its index, out. What is large lies on disk."""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

IN_MEMORY = 1 << 22
"""Bytes; a larger spool moves to disk."""
READ = 1 << 18


class Spool(Sequence[Any]):
    """Append, iterate, index. Values come back as equal copies, with what generated values carry."""

    def __init__(self) -> None:
        self._ends = array("Q", [0])
        self._at_end = True
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (lives as long as the spool)

    def append(self, value: object) -> None:
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        if not self._at_end:
            self._file.seek(0, os.SEEK_END)
            self._at_end = True
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

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

    def _read(self, start: int, end: int) -> bytes:
        self._file.seek(start)
        self._at_end = False
        return self._file.read(end - start)
