"""Questions in; what one of an engine's servers answers out.

A call that nobody waits for any more is dropped by the server, too: it is named by a `rid`, and in a list each part by
one that begins alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dsl.diagnostics import SynthError
from runtime.engines.begun import Begun
from runtime.engines.exchange import Exchange
from runtime.engines.protocol import EngineUnavailable
from runtime.engines.rids import rid as new_rid
from runtime.engines.servers import Servers
from runtime.engines.sglang.about import Facts, facts
from runtime.engines.sglang.declared import mistake
from runtime.engines.sglang.pared import pared
from runtime.engines.sglang.wire import Json, Prompt

QUICK = 4
"""Attempts where a server need not be waited for: before anything runs, and where another may know enough."""


class Line:
    """The servers at `urls`, which serve one model."""

    def __init__(
        self,
        name: str,
        urls: Sequence[str],
        *,
        limit: int,
        timeout: float,
        retries: int,
        headers: Mapping[str, str] | None,
        key_env: str | None,
    ) -> None:
        self.name, self.urls = name, tuple(urls)
        self._exchanges = [
            Exchange(
                name,
                url,
                limit=limit,
                timeout=timeout,
                retries=retries,
                headers=headers,
                key_env=key_env,
                on_abandon=_abort,
            )
            for url in urls
        ]
        self._servers = Servers(self._exchanges)

    def prefer(self, count: int) -> None:
        """The first so many servers are this process's own."""
        self._servers.prefer(count)

    @property
    def wanted(self) -> int:
        """How many calls to bring now."""
        return self._servers.wanted

    @property
    def trouble(self) -> str:
        """Why nobody answers at the moment; else empty."""
        return self._servers.trouble

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A question that any of the servers answers alike."""
        return await self._servers.json(method, path, body)

    async def generate(self, body: Json, *, prompt: Prompt, patience: float, calls: int = 1) -> Any:
        """`calls` is how many the body holds; with several it is a list."""
        token = new_rid()
        rid = token if not _is_list(body) else [f"{token}_{i}" for i in range(calls)]
        named = {**body, "rid": rid}
        return await self._servers.json("POST", "/generate", named, prompt=prompt, patience=patience, rid=rid)

    def begin(
        self, body: Json | bytes, rid: str | Sequence[str], patience: float, told: Callable[[Any], None]
    ) -> Begun | None:
        """As `generate` of what the body names `rid`, for who is told; None where that is the only way."""
        one = self._servers.only
        return one.begin("/generate", body, told, patience=patience, rid=rid, read=pared) if one else None

    async def facts(self, deterministic: bool | None, *, quick: bool = False) -> Facts:
        """What the servers say of themselves; with `quick` those that are not there are not waited for. Raises
        `SynthError` (E0809, E0810) for what cannot be."""
        found, fault = {}, None
        for exchange in self._exchanges:
            try:
                found[exchange.url] = await self._facts_of(exchange, quick or len(self._exchanges) > 1)
            except EngineUnavailable as error:
                fault = error
        if not found:
            raise fault or EngineUnavailable(self.name, "there is no server")
        wrong = mistake(self.name, deterministic, found)
        if wrong:
            raise SynthError(wrong)
        return next(iter(found.values()))

    async def _facts_of(self, exchange: Exchange, quick: bool) -> Facts:
        retries = QUICK if quick else None
        return await facts(lambda path: exchange.json("GET", path, retries=retries))

    async def finish(self) -> None:
        await self._servers.finish()


def _is_list(body: Json) -> bool:
    return isinstance(body.get("text"), list) or isinstance((body.get("input_ids") or [0])[0], list)


async def _abort(exchange: Exchange, rid: str) -> None:
    await exchange.tell("POST", "/abort_request", {"rid": rid})
