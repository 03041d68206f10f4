"""An engine in; how soon it begins to answer and how much it writes in a second, alone and with others, out."""

from __future__ import annotations

import secrets
import time
from statistics import median

from runtime.engines.check.report import Times
from runtime.engines.check.subject import Subject
from runtime.engines.protocol import Message, Request, Sampling

TRIES, CALLS, TOKENS = 3, 8, 48


async def measure(at: Subject) -> Times:
    """Prompts begin differently every time: what is measured is not the prefix cache."""
    first = [await _seconds(at, _request(at, 1)) for _ in range(TRIES)]
    alone = await _rate(at, 1)
    together = await _rate(at, CALLS)
    return Times(round(median(first), 3), round(alone, 1), round(together, 1), CALLS)


async def _seconds(at: Subject, request: Request) -> float:
    begin = time.monotonic()
    await at.engine.complete(request)
    return time.monotonic() - begin


async def _rate(at: Subject, calls: int) -> float:
    requests = [_request(at, TOKENS) for _ in range(calls)]
    begin = time.monotonic()
    answers = await at.together(*requests)
    return sum(answer.completion_tokens for answer in answers) / max(time.monotonic() - begin, 1e-6)


def _request(at: Subject, tokens: int) -> Request:
    story = Message("user", f"Story {secrets.token_hex(4)}: tell a long one about a lamp in a house by the sea.")
    return at.request(messages=(story,), sampling=Sampling(temperature=0.8, max_tokens=tokens), seed=1)
