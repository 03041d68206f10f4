"""How many tokens a call may write and how many calls are in flight in; how many seconds to wait for it out."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Patience:
    """`base` seconds for any call, and `per_token` more for each token that it may write.

    Calls that a server runs together wait for each other's tokens; beyond those, calls wait for a turn.
    """

    base: float
    per_token: float
    in_flight: int = 0

    def of(self, tokens: int, *, calls: int = 1, together: int | None = None) -> Waiting:
        """The seconds, while the calls are in flight. `together` is how many the server runs at once."""
        return Waiting(self, tokens, calls, together)


class Waiting:
    """Entered for every call, so no generator."""

    __slots__ = ("_calls", "_patience", "_together", "_tokens")

    def __init__(self, patience: Patience, tokens: int, calls: int, together: int | None) -> None:
        self._patience, self._tokens, self._calls, self._together = patience, tokens, calls, together

    def __enter__(self) -> float:
        patience, together = self._patience, self._together
        patience.in_flight += self._calls
        turns = math.ceil(patience.in_flight / together) if together else 1
        return patience.base + patience.per_token * self._tokens * turns

    def __exit__(self, *_: object) -> None:
        self._patience.in_flight -= self._calls
