"""Requests and answers as values; what handles the one by the other is a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is the path and the query as they were sent. Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Handler = Callable[[Request], Answer | None]
"""None closes the connection without a word, as a server does that dies."""


def told(status: int, message: str) -> Answer:
    """An answer as lakeFS words its errors."""
    escaped = message.replace("\\", "\\\\").replace('"', "'").replace("\n", " ")
    return Answer(status, {"content-type": "application/json"}, f'{{"message":"{escaped}"}}'.encode())
