"""Nothing in; memory that was freed, back at the system instead of kept for the next burst, out.

Arrow takes its memory from the system's allocator, from many threads, in pieces of any size. Where that allocator is
not glibc's nothing happens here.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

LARGE = 1 << 20
"""Bytes. A larger piece is no part of a heap: it goes back when it is freed. By itself the system moves this bound up,
to as much as was once freed at once, and then all but a whole table's columns lie in a heap, and leave it in pieces."""
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3
"""As `mallopt` knows them."""


@cache
def _system() -> Any:
    """The C library, where it has both calls."""
    import ctypes

    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def share_one_heap() -> None:
    """For threads that begin later: each would have a heap of its own, and free memory in all of them."""
    system = _system()
    if system is not None:
        system.mallopt(_ARENA_MAX, 1)
        system.mallopt(_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """What lies free goes back, by Arrow as by the system. Page by page it is asked for again, which is not free."""
    pyarrow = sys.modules.get("pyarrow")
    if pyarrow is not None:
        pyarrow.default_memory_pool().release_unused()
    system = _system()
    if system is not None:
        system.malloc_trim(0)
