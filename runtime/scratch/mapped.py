"""A shape in; an array that lies in a file without a name, mapped, out. What is not in use costs no memory."""

from __future__ import annotations

import mmap
import tempfile
from typing import Any

import numpy as np
import numpy.typing as npt


def room(shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Room for numbers that is given back whole: no part of the heap, which large arrays would leave in pieces."""
    return np.frombuffer(mmap.mmap(-1, int(np.prod(shape)) * np.dtype(dtype).itemsize), dtype).reshape(shape)


def give_back(pages: mmap.mmap) -> None:
    """Pages of a mapped file that come again when read. Where the system has no such call, nothing happens."""
    if hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)


class Mapped:
    """`array` is as large as asked for and zero at first. `release` gives its pages back; they come again when read."""

    def __init__(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> None:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (lives as long as the array)
        self._file.truncate(size)
        self._map = mmap.mmap(self._file.fileno(), size)
        self.array: npt.NDArray[Any] = np.frombuffer(self._map, dtype).reshape(shape)

    def release(self) -> None:
        """The file keeps the content."""
        give_back(self._map)
