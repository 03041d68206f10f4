"""A prompt and a body in; the answer of one of several servers of the same model out.

A server that has read the beginning of a prompt has it in its cache: the prompt goes to the one that knows most of it,
unless that one has much more to do than another. What a server does not answer is asked elsewhere at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.engines.attempts import Call
from runtime.engines.exchange import Exchange, NoAnswer
from runtime.engines.prefixes import Prefixes, blocks

MORE_TO_DO = 0.25
"""Of the calls a server takes at once: by so much it may be fuller than another for the sake of its cache."""
LITTLE = 0.5
"""Of a prompt: who knows no more of it is not chosen for that, or what all begin with would draw all to one server."""
_FEW = 4
"""Calls by which a server is never much fuller."""
_LOOKING = 0.1
"""Seconds between two looks at whether another call, which asks for all, has found a server that is back."""


@dataclass(eq=False, slots=True)
class _Server:
    exchange: Exchange
    known: Prefixes = field(default_factory=Prefixes)

    @property
    def size(self) -> int:
        return self.exchange.load.in_flight + self.exchange.load.waiting

    @property
    def fullness(self) -> float:
        return self.size / self.exchange.load.wanted

    @property
    def in_service(self) -> bool:
        """It answers, or it is time to see whether it does again."""
        load = self.exchange.load
        return not load.paused and not (load.is_gone and load.in_flight)


class Servers:
    """At least one. Raises as an `Exchange` does, after every server was asked, again and again."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._servers = [_Server(exchange) for exchange in exchanges]
        self._own = self._servers

    def prefer(self, count: int) -> None:
        """Asks the first so many alone, and the others when none of those is in service: others prefer them."""
        self._own = self._servers[:count]

    @property
    def wanted(self) -> int:
        """How many calls they want in flight now, together."""
        if len(self._servers) == 1:
            return self._servers[0].exchange.load.wanted
        there = [server for server in self._own if not server.exchange.load.is_gone] or self._servers
        return sum(server.exchange.load.wanted for server in there)

    @property
    def trouble(self) -> str:
        """Why none of them answers; empty as long as one does."""
        told = [server.exchange.trouble for server in self._servers]
        return "; ".join(told) if all(told) else ""

    @property
    def one(self) -> Exchange:
        """The one with least to do, for a question that any server answers."""
        return self._least_full(self._in_service(set()) or self._servers).exchange

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        prompt: str | Sequence[int] = "",
        patience: float | None = None,
        rid: str | Sequence[str] | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """As `Exchange.json`; `prompt` is what the body asks about, text or token ids."""
        if len(self._servers) == 1:
            return self._servers[0].exchange.json(method, path, body, patience=patience, rid=rid)
        call = self._servers[0].exchange.call(method, path, body, patience=patience, rid=rid, retries=0)
        return self._asked(call, blocks(prompt))

    @property
    def only(self) -> Exchange | None:
        """Where there is nothing to choose between."""
        return self._servers[0].exchange if len(self._servers) == 1 else None

    async def _asked(self, call: Call, route: list[int]) -> Any:
        tried, broken = set[_Server](), 0
        told = "all of them want to be left alone"
        while True:
            server = self._chosen(route, tried)
            if server is None:
                await self._pause(told, call.attempts > 0)
                tried = set()
                continue
            server.known.read(route)
            try:
                return await server.exchange.ask(call)
            except NoAnswer as fault:
                load, told = server.exchange.load, fault.message
                broken += not (fault.full or load.paused or load.is_gone)
                if broken > server.exchange.retries:
                    raise
                tried.add(server)
                self._missed(server)
                call.lost()

    # --- which ---

    def _chosen(self, route: list[int], tried: set[_Server]) -> _Server | None:
        here = self._in_service(tried)
        if not here:
            return None
        least = self._least_full(here)
        matches = {server: server.known.matched(route) for server in here}
        most = max(matches.values())
        if most <= len(route) * LITTLE:
            return least
        best = self._least_full([server for server in here if matches[server] == most])
        fuller = best.size - least.size > _FEW and best.fullness - least.fullness > MORE_TO_DO
        return least if fuller else best

    def _in_service(self, tried: set[_Server]) -> list[_Server]:
        found = [server for server in self._servers if server not in tried and server.in_service]
        return [server for server in found if server in self._own] or found

    @staticmethod
    def _least_full(servers: Sequence[_Server]) -> _Server:
        return min(servers, key=lambda server: (server.fullness, len(server.known)))

    # --- when nobody answers ---

    @staticmethod
    def _missed(server: _Server) -> None:
        """Whoever comes back after it was gone has read nothing."""
        if server.exchange.load.is_gone:
            server.known.clear()

    async def _pause(self, told: str, asked: bool) -> None:
        """Until the first wants to be asked again. Raises when all came to nothing often enough, this call too."""
        first, loads = self._servers[0].exchange, [server.exchange.load for server in self._servers]
        rounds = min(load.rounds for load in loads)
        if asked and rounds > first.retries:
            message = f"none of {len(loads)} servers answers, asked in {rounds} rounds; the last: {told}"
            raise NoAnswer(first.name, message)
        left = min(load.pause_left for load in loads)
        await asyncio.sleep(left or random.uniform(_LOOKING, 2 * _LOOKING))

    async def finish(self) -> None:
        """As `Exchange.finish`, for each."""
        await asyncio.gather(*(server.exchange.finish() for server in self._servers))

    def close(self) -> None:
        for server in self._servers:
            server.exchange.close()
