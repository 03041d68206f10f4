"""Messages to and from another process of this machine in; pickled frames on the socket between them, and back, out."""

from __future__ import annotations

import asyncio
import pickle
import socket
import struct
from collections.abc import Callable
from typing import Any, cast

HEAD = struct.Struct("<Q")
"""Before each message: how many bytes it has."""


class Wire(asyncio.Protocol):
    """One end of a pair of sockets. `took` is given each message; `gone` is called once, when the other end is closed.

    Both ends are the same program of the same user, which alone have the socket: what comes is unpickled as it is.
    """

    def __init__(self, took: Callable[[Any], object], gone: Callable[[], object]) -> None:
        self._took, self._gone = took, gone
        self._parts = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def over(cls, end: socket.socket, took: Callable[[Any], object], gone: Callable[[], object]) -> Wire:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_unix_connection(lambda: cls(took, gone), sock=end)
        return wire

    def send(self, message: object) -> None:
        """Does not wait. What is sent to nobody is forgotten: `gone` was called."""
        if self._transport is not None:
            data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._transport.writelines((HEAD.pack(len(data)), data))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    # --- called by the loop ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._parts += data
        start, end = 0, len(self._parts)
        with memoryview(self._parts) as parts:
            while end - start >= HEAD.size:
                (size,) = HEAD.unpack_from(parts, start)
                if end - start - HEAD.size < size:
                    break
                start += HEAD.size
                self._took(pickle.loads(parts[start : start + size]))
                start += size
        del self._parts[:start]

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._gone()
