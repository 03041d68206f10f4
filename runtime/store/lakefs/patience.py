"""How long to wait for a server and how often to ask again, in; the pauses between attempts, out."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. As it stands: somewhat over a minute of pauses, which a server needs that is started again."""

    connect: float = 10.0
    read: float = 60.0
    total: float = 120.0
    attempts: int = 15
    first: float = 0.2
    longest: float = 10.0
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic

    def pauses(self, attempts: int | None = None) -> Iterator[float]:
        """Exponential with jitter, so that many clients do not come back at once. Ends when patience does."""
        deadline = self.clock() + self.total
        for n in range((attempts or self.attempts) - 1):
            seconds = min(self.first * 2**n, self.longest) * (0.5 + self.jitter() / 2)
            if self.clock() + seconds > deadline:
                return
            yield seconds
