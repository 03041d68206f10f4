"""How long to wait for a server and how often to ask again, in; the pauses between attempts, out."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. As it stands: somewhat over a minute of pauses, which a server needs that is started again.

    `greet` is for a question to a server that has not answered yet, or no more; `total` for all that is asked of one
    that has fallen silent, whoever asks.
    """

    connect: float = 10.0
    greet: float = 20.0
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
        return self._until(self.clock() + self.total, (attempts or self.attempts) - 1)

    def _until(self, deadline: float, number: int) -> Iterator[float]:
        for n in range(number):
            seconds = min(self.first * 2**n, self.longest) * (0.5 + self.jitter() / 2)
            if self.clock() + seconds > deadline:
                return
            yield seconds


@dataclass(slots=True)
class Silence:
    """Since when a server has not answered, over all requests of all threads; None while it answers."""

    patience: Patience
    known: bool = False
    since: float | None = None

    def ends(self) -> None:
        """There was an answer, whichever."""
        self.known, self.since = True, None

    def goes_on(self, asked: float) -> None:
        """No answer to what was asked at that time."""
        self.since = asked if self.since is None else self.since

    def too_long(self, wait: float) -> bool:
        """Whether it will be after another pause. A server that never answered is rather not there."""
        limit = self.patience.total if self.known else self.patience.greet
        return self.since is not None and self.patience.clock() + wait - self.since >= limit

    def given_up(self) -> None:
        """Whoever asks next finds a server as unknown as at first, and is told as soon."""
        self.known, self.since = False, None

    def timeout(self, method: str) -> float:
        """For the next answer. Only questions are hurried: what changes something may take its time."""
        hurried = method == "GET" and (not self.known or self.since is not None)
        return min(self.patience.greet, self.patience.read) if hurried else self.patience.read
