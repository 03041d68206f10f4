"""A text in; its words as they are compared, and hashes of all runs of n of them, out.

Case, punctuation and blanks are no part of a word: Unicode's form KC, folded, punctuation and symbols read as blanks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from runtime.filters.canonical import like_text

Hashes = npt.NDArray[np.uint64]
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class _Blanks(dict[int, str]):
    """For `str.translate`: punctuation and symbols as blanks, found out once for each character."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = " " if unicodedata.category(character)[0] in "PS" else character
        return self[point]


_BLANKS = _Blanks()


def words(text: str) -> list[str]:
    return like_text(text).translate(_BLANKS).split()


def runs(given: Sequence[str], n: int) -> Hashes:
    """A hash of each run of n words, in order; empty where there are fewer."""
    count = len(given) - n + 1
    if count < 1:
        return np.empty(0, np.uint64)
    hashes = np.array([xxh3_64_intdigest(word.encode("utf-8", "surrogatepass")) for word in given], np.uint64)
    total = np.zeros(count, np.uint64)
    for place in range(n):
        total = total * _FACTOR + hashes[place : place + count]
    return total


def contains(given: Sequence[str], run: Sequence[str]) -> bool:
    """Whether `run` stands in `given`, word after word."""
    n = len(run)
    return any(given[start] == run[0] and given[start : start + n] == run for start in range(len(given) - n + 1))
