"""An engine and the name of its weights in; short ways to ask it something, out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from runtime.bridge import run_in_greenlet
from runtime.engines.protocol import Answer, Capabilities, Engine, Message, Request, Sampling

T = TypeVar("T")
QUESTION = (Message("system", "You answer in one short sentence."), Message("user", "What is a lamp?"))
SHORT = Sampling(max_tokens=12)
ENOUGH = Sampling(max_tokens=80)
GREEDY = Sampling(temperature=0.0, max_tokens=8)


class BrokenClaim(Exception):
    """What was seen is not what the engine claims, or what everybody builds on."""


class LackingAbility(Exception):
    """The engine does not do it, and does not claim to."""


@dataclass(frozen=True)
class Subject:
    engine: Engine
    identity: str

    @property
    def can(self) -> Capabilities:
        return self.engine.capabilities

    def request(self, **changes: Any) -> Request:
        plain = Request(model=self.identity, messages=QUESTION, sampling=SHORT)
        return replace(plain, **changes)

    async def ask(self, **changes: Any) -> Answer:
        return await self.engine.complete(self.request(**changes))

    async def together(self, *requests: Request) -> list[Answer]:
        return list(await asyncio.gather(*(self.engine.complete(request) for request in requests)))

    async def inside(self, function: Callable[..., T], *arguments: Any) -> T:
        """The synchronous half of the protocol, on this event loop."""
        return await run_in_greenlet(function, *arguments)


Look = Callable[[Subject], Awaitable[str]]
"""Says what was seen; raises `BrokenClaim` or `LackingAbility` otherwise."""


@dataclass(frozen=True, slots=True)
class Check:
    """One claim. `claim` names the capability without which there is nothing to ask about."""

    name: str
    sentence: str
    look: Look
    claim: str | None = None


def expect(holds: object, seen: str) -> None:
    if not holds:
        raise BrokenClaim(seen)


def short(text: str, most: int = 44) -> str:
    """An answer on one line, cut."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= most else line[: most - 1] + '…'}”"
