"""Nothing in; a name for one exchange, which nobody else gives, out: 32 hex digits, as of a UUID.

Random once for each process, counted from there: a UUID for each call asks the system for random bytes each time.
"""

from __future__ import annotations

import itertools
import os

LENGTH = 32
_HALF = LENGTH // 2
_process = ""
_numbers = itertools.count()


def rid() -> str:
    return f"{_process}{next(_numbers):0{_HALF}x}"


def _begin() -> None:
    global _process
    _process = os.urandom(_HALF // 2).hex()


_begin()
os.register_at_fork(after_in_child=_begin)
