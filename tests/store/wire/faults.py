"""A handler in; the same with one fault, at the request one names or in the file one names, out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from tests.store.wire.exchange import Answer, Handler, Request, told

Fault = Literal["answer lost", "request lost", "stall", 500, 429, 420, 503]
"""`answer lost`: the server did it and the connection broke; `request lost`: the server never heard of it."""


@dataclass
class Faulty:
    """Passes requests on to `inner`; those numbered `at` … `at + times - 1` (from 0) meet the fault."""

    inner: Handler
    fault: Fault
    at: int
    times: int = 1
    stalled: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    seen: list[Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, request: Request) -> Answer | None:
        with self._lock:
            number = len(self.seen)
            self.seen.append(request)
        return self._fail(request) if self.at <= number < self.at + self.times else self.inner(request)

    @property
    def struck(self) -> bool:
        """Whether there was such a request at all."""
        return len(self.seen) > self.at

    def _fail(self, request: Request) -> Answer | None:
        if isinstance(self.fault, int):
            return told(self.fault, "told so by a test")
        if self.fault == "request lost":
            return None
        answer = self.inner(request)
        if self.fault == "answer lost":
            return None
        self.sleep(self.stalled)
        return answer


@dataclass
class Damaged:
    """Passes all on to `inner`; while `path` names a file, one bit of its bytes is another on the way back."""

    inner: Handler
    path: str | None = None

    def __call__(self, request: Request) -> Answer | None:
        answer = self.inner(request)
        if answer is None or not answer.body or not self._asked(request):
            return answer
        body = bytearray(answer.body)
        body[len(body) // 2] ^= 8
        return replace(answer, body=bytes(body))

    def _asked(self, request: Request) -> bool:
        target = urlsplit(request.target)
        reads = request.method == "GET" and target.path.endswith("/objects")
        return reads and parse_qs(target.query).get("path") == [self.path]
