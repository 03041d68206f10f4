"""A call and the answers to its attempts in; whether, when and how it is asked again out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

import orjson

from runtime.engines import rids
from runtime.engines.reader import HttpAnswer

BUSY = (429, 502, 503, 504)
"""The server, or who stands before it, is full or not yet there."""
LONGEST_ASKED = 300.0
"""Seconds for which a server may ask to be left alone; whoever wants more is away."""


@dataclass(slots=True)
class Call:
    """One exchange, over its attempts. `rids` are what the server calls it, and stand in `data`. `read` is for the body
    of a good answer."""

    method: str
    path: str
    data: bytes
    patience: float
    rids: tuple[str, ...]
    retries: int
    read: Callable[[bytes], Any] = orjson.loads
    attempts: int = 0
    losses: int = 0
    faults: int = 0
    began: float = field(default_factory=monotonic)

    @property
    def seconds(self) -> float:
        return monotonic() - self.began

    def lost(self) -> None:
        """It goes to another server, as if it had not been asked."""
        self.losses = self.faults = 0
        self.rename()

    def rename(self) -> None:
        """A server that still works on what was lost would refuse its name."""
        if self.rids:
            old, new = self.rids[0][: rids.LENGTH], rids.rid()
            self.data = self.data.replace(old.encode(), new.encode())
            self.rids = tuple(rid.replace(old, new) for rid in self.rids)


def asked_pause(answer: HttpAnswer) -> float:
    """The seconds after which the server wants to be asked again: `Retry-After`, a number or a date."""
    text = answer.headers.get(b"retry-after", b"").decode("latin-1").strip()
    if not text:
        return 0.0
    try:
        return max(0.0, float(text)) if text.replace(".", "", 1).isdigit() else _until(text)
    except (ValueError, OverflowError):
        return 0.0


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
