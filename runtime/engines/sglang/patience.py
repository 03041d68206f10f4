"""How many tokens a call may write and how many calls are in flight in; how many seconds to wait for it out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Patience:
    """`base` seconds for any call, and `per_token` more for each token that it may write.

    Calls that a server runs together wait for each other's tokens; beyond those, calls wait for a turn.
    """

    base: float
    per_token: float
    in_flight: int = 0

    @contextmanager
    def of(self, tokens: int, *, calls: int = 1, together: int | None = None) -> Iterator[float]:
        """The seconds, while the calls are in flight. `together` is how many the server runs at once."""
        self.in_flight += calls
        try:
            turns = math.ceil(self.in_flight / together) if together else 1
            yield self.base + self.per_token * tokens * turns
        finally:
            self.in_flight -= calls
