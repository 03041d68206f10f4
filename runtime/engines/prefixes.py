"""Prompts in; how much of the beginning of another one a server has read already, approximately, out.

A prompt is cut into blocks, and each is known by a hash of all that stands up to its end: a prefix tree whose nodes
are its paths. Whoever is read again is young again, its beginning most of all, so that what goes first is never the
beginning of what stays.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

CHARACTERS, TOKENS = 64, 16
"""In a block, of a text and of a list of token ids."""
_LONGEST = 1024
"""Blocks of a prompt that are looked at: what agrees so far belongs together."""
CAPACITY = 32_768
"""Blocks, a few megabytes: about as many tokens as the cache of a large GPU holds."""


def blocks(prompt: str | Sequence[int]) -> list[int]:
    """The path of a prompt, whole blocks only."""
    path: list[int] = []
    known = 0
    if isinstance(prompt, str):
        for end in range(CHARACTERS, min(len(prompt), _LONGEST * CHARACTERS) + 1, CHARACTERS):
            known = hash((known, prompt[end - CHARACTERS : end]))
            path.append(known)
    else:
        for end in range(TOKENS, min(len(prompt), _LONGEST * TOKENS) + 1, TOKENS):
            known = hash((known, *prompt[end - TOKENS : end]))
            path.append(known)
    return path


class Prefixes:
    """What one server has read, at most `capacity` blocks of it."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._known: OrderedDict[int, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def matched(self, path: Sequence[int]) -> int:
        """How many blocks of the beginning it has read. A known block's beginning is known: halves are enough."""
        low, high = 0, len(path)
        while low < high:
            middle = (low + high) // 2
            if path[middle] in self._known:
                low = middle + 1
            else:
                high = middle
        return low

    def read(self, path: Sequence[int]) -> None:
        for block in reversed(path):
            self._known[block] = None
            self._known.move_to_end(block)
        while len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def clear(self) -> None:
        self._known.clear()
