"""A path and a JSON body in; what one server answers to it out, asked again while the server is busy or gone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from runtime.engines.http import HttpAnswer, HttpPool
from runtime.engines.protocol import EngineRejected, EngineUnavailable

BUSY = (429, 502, 503, 504)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


class Exchange:
    """`name` is the engine's, for messages; `limit` bounds connections, `timeout` is seconds per exchange.

    Raises `EngineRejected` for what the server refuses, `EngineUnavailable` when it does not answer.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        limit: int,
        timeout: float = 600.0,
        retries: int = 6,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.url = name, url
        self._limit, self._timeout, self._retries = limit, timeout, retries
        self._headers = dict(headers or {})
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, HttpPool] = WeakKeyDictionary()

    async def json(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a 200 answer."""
        answer = await self.exchange(method, path, b"" if body is None else orjson.dumps(body))
        if answer.status >= 500:
            raise EngineUnavailable(self.name, f"{path} answered {answer.status}: {refusal(answer.body)}")
        if answer.status != 200:
            raise EngineRejected(self.name, f"{path} answered {answer.status}: {refusal(answer.body)}")
        return orjson.loads(answer.body)

    async def exchange(self, method: str, path: str, data: bytes = b"") -> HttpAnswer:
        """Tries again when the server is busy or gone, ever more slowly, each client at its own moments."""
        pool = self._pool()
        problem = ""
        for attempt in range(self._retries + 1):
            if attempt:
                await asyncio.sleep(_pause(attempt))
            try:
                answer = await pool.request(method, path, data, self._timeout)
            except TimeoutError as error:
                raise EngineUnavailable(self.name, f"no answer from {self.url} in {self._timeout:g} s") from error
            except OSError as error:
                problem = str(error) or type(error).__name__
                continue
            if answer.status not in BUSY:
                return answer
            problem = f"{answer.status} {refusal(answer.body)}"
        raise EngineUnavailable(self.name, f"{self.url} did not answer in {self._retries + 1} attempts: {problem}")

    def _pool(self) -> HttpPool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = HttpPool(self.url, self._limit, self._headers)
        return pool

    def close(self) -> None:
        """Drops this loop's connections."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool:
            pool.close()


def _pause(attempt: int) -> float:
    pause: float = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
    return pause * (0.5 + random.random())


def refusal(body: bytes) -> str:
    """What a server says of a request that it refuses, in one line."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = body.decode("utf-8", "replace")
    while isinstance(data, dict):
        data = data.get("error") or data.get("message") or data.get("detail") or str(data)
    return " ".join(str(data).split())[:500]
