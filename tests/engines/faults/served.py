"""A port and a file in; the in-test SGLang server in a process of its own, each answer noted in the file, out.

    python -m tests.engines.faults.served PORT FILE

An answer leaves a line `telling` before it is sent, and a line `told` when all of it is on its way.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tests.engines.sglang.server import SglangServer

DELAY = 0.02
"""Seconds that an answer takes, so that a kill always meets some in the middle."""


class Noting:
    """A server whose calls leave a trace that outlives it."""

    def __init__(self, file: Path) -> None:
        self.server = SglangServer()
        self.server.delay = DELAY
        self._log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
                data = await reader.readexactly(int(found[1]) if found else 0)
                await self._answer(head.split(b" ", 2)[1].decode(), json.loads(data) if data else None, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, path: str, body: Any, writer: asyncio.StreamWriter) -> None:
        status, data = await self.server.answer(path, body)
        calls = list(calls_of(body)) if path == "/generate" and status == 200 else []
        self._note("telling", calls)
        payload = json.dumps(data).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(payload), payload))
        await writer.drain()
        self._note("told", calls)

    def _note(self, word: str, calls: list[str]) -> None:
        if calls:
            os.write(self._log, "".join(f"{word} {call}\n" for call in calls).encode())


def calls_of(body: Any) -> Iterator[str]:
    """A digest of each call in a body, which may hold several that differ in their seeds. Warming is none."""
    prompt = body.get("text", body.get("input_ids"))
    params = body["sampling_params"]
    prompts = prompt if isinstance(params, list) and isinstance(prompt, list) else [prompt]
    many = params if isinstance(params, list) else [params]
    for index, one in enumerate(many):
        if one["max_new_tokens"] > 0:
            what = [prompts[index % len(prompts)], one, body.get("token_ids_logprob")]
            yield blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=16).hexdigest()


async def main(port: int, file: Path) -> None:
    listening = await asyncio.start_server(Noting(file).serve, "127.0.0.1", port)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
