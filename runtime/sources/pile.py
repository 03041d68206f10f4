"""JSON-like values in, one after the other; any of them out again by its index. Memory stays flat: beyond a limit the
values lie in a temporary file that no one else can see."""

from __future__ import annotations

import os
import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import orjson

IN_MEMORY = 4 * 1024 * 1024
"""Bytes of JSON; a larger pile moves to disk."""
READ = 1 << 18
"""Bytes that are read at once."""
COPIED = 1 << 22


class Pile(Sequence[Any]):
    """Append, iterate, index. Values are read back from JSON each time, so a caller may change what it gets."""

    def __init__(self, limit: int = IN_MEMORY) -> None:
        self._ends = array("Q", [0])
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._limit = limit

    @classmethod
    def opened(cls, path: Path, ends: array[int]) -> Pile:
        """What `keep` has written, read where it lies."""
        found = cls()
        found._ends, found._file = ends, path.open("rb")
        return found

    def keep(self, path: Path) -> tuple[Path, array[int]]:
        """Writes the values into a file that other processes read; what `opened` takes there."""
        with path.open("wb") as file:
            for start in range(0, self._ends[-1], COPIED):
                file.write(self._bytes(start, min(start + COPIED, self._ends[-1])))
        return path, self._ends

    def append(self, value: Any) -> None:
        data = orjson.dumps(value)
        self._ends.append(self._ends[-1] + len(data))
        if self._file is not None:
            self._file.write(data)
            return
        self._memory += data
        if len(self._memory) > self._limit:
            self._file = tempfile.TemporaryFile(buffering=1 << 20)  # noqa: SIM115 (lives as long as the pile)
            self._file.write(self._memory)
            self._memory = bytearray()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return orjson.loads(self._bytes(self._ends[index], self._ends[index + 1]))

    def __iter__(self) -> Iterator[Any]:
        """Read in large pieces. Appending meanwhile is fine: what is new comes last."""
        ends, start = self._ends, 0
        while start < len(self):
            stop = bisect_right(ends, ends[start] + READ, start + 2, len(self) + 1) - 1
            data = memoryview(self._bytes(ends[start], ends[stop]))
            low = ends[start]
            for place in range(start, stop):
                yield orjson.loads(data[ends[place] - low : ends[place + 1] - low])
            start = stop

    def _bytes(self, start: int, end: int) -> bytes | bytearray:
        if self._file is None:
            return self._memory[start:end]
        if self._file.writable():
            self._file.flush()
        return os.pread(self._file.fileno(), end - start, start)
