"""So many requests and tokens a minute in; how long each call waits before it is sent, out.

Calls are spread evenly: each pushes the next one back by what it costs, so there is no burst when a minute begins. What
the server says of its limits is obeyed too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MINUTE = 60.0
LONGEST = 60.0
"""Seconds that a header may hold calls back: a limit for a day is not waited out in silence."""
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhd])")


@dataclass
class Meter:
    """One limit: `rate` units a second, or none. `free` is the moment from which on the next call may go."""

    rate: float | None
    free: float = 0.0

    def spend(self, units: float, now: float) -> float:
        """The moment at which a call of so many units may go."""
        start = max(self.free, now)
        self.free = start + (units / self.rate if self.rate else 0.0)
        return start

    def give_back(self, units: float) -> None:
        if self.rate:
            self.free -= units / self.rate

    def hold(self, until: float) -> None:
        self.free = max(self.free, until)


@dataclass
class Rates:
    """The limits of one server's account."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    clock: Callable[[], float] = time.monotonic
    requests: Meter = field(init=False)
    tokens: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Meter(self.requests_per_minute and self.requests_per_minute / MINUTE)
        self.tokens = Meter(self.tokens_per_minute and self.tokens_per_minute / MINUTE)

    @property
    def free(self) -> bool:
        """Nothing is limited, and nothing was ever held back: no call needs to be counted."""
        return not (self.requests.rate or self.tokens.rate or self.requests.free or self.tokens.free)

    def wait(self, tokens: int) -> float:
        """Seconds until a call of so many tokens may go; it counts as gone then."""
        now = self.clock()
        start = max(self.requests.spend(1, now), self.tokens.spend(tokens, now))
        return max(start - now, 0.0)

    def settle(self, expected: int, used: int) -> None:
        """What a call took in truth, of what it was expected to take."""
        self.tokens.give_back(expected - used)

    def hear(self, headers: Mapping[bytes, bytes]) -> None:
        """`x-ratelimit-remaining-…` that are used up hold calls back until their `…-reset-…`."""
        now = self.clock()
        for name, meter in (("requests", self.requests), ("tokens", self.tokens)):
            left = headers.get(b"x-ratelimit-remaining-" + name.encode())
            again = seconds(headers.get(b"x-ratelimit-reset-" + name.encode(), b"").decode("latin-1"))
            if left is not None and again is not None and left.strip() in (b"0", b"0.0"):
                meter.hold(now + min(again, LONGEST))


def seconds(text: str) -> float | None:
    """`6m0s`, `120ms`, `1.5` as seconds; None for what is no duration."""
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if not text or _DURATION.sub("", text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))
