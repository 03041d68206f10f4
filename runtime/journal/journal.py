"""A key and an effect in; the one value stored under the key out: run once, stored first, the same for all who ask.

The journal belongs to all processes of a project. Equal keys in flight share one call, in this process and across
processes; the first write wins; an effect that fails stores nothing. `kill -9` at any moment loses only effects that
had not come back, and the claims of a dead process are void at once.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from dsl.diagnostics import SynthError
from runtime.journal import database
from runtime.journal.ahead import Ahead
from runtime.journal.claims import HEARING, Claims
from runtime.journal.database import Faults
from runtime.journal.flights import Fate, Flight, Waiting
from runtime.journal.looks import HELD_ELSEWHERE, Looks
from runtime.journal.writer import ROWS, Effect, Stored, Submission, Writer, insert

Item = TypeVar("Item")
Run = Callable[[], Awaitable[bytes]]
_SHORTEST_WAIT, _LONGEST_WAIT = 0.001, 0.05
_MANY = 512


@dataclass(frozen=True, slots=True)
class Stats:
    """What the journal holds: effects, facts, and bytes on disk."""

    effects: int
    facts: int
    bytes: int


class Journal:
    """Made by `Journal.open`. One journal serves one event loop at a time; another loop opens its own."""

    shared = True
    """All who may ask for a key look here: a `Flight` is as good as `get_or_run`."""

    def __init__(self, folder: Path, writer: sqlite3.Connection, reader: sqlite3.Connection, claims: Claims) -> None:
        self.folder = folder
        self._faults = Faults(folder)
        self._reader, self._claims = reader, claims
        self._writer = Writer(writer)
        self._ahead = Ahead()
        self._looks = Looks(self._claimed)
        self._listening: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._flights: dict[bytes, list[Waiting]] = {}
        self._outbox: list[tuple[Effect, Waiting]] = []
        self._sending: asyncio.AbstractEventLoop | None = None

    @classmethod
    def open(cls, folder: Path) -> Journal:
        """The journal in `folder`, made where there is none. SynthError E0951 to E0954 where it cannot be used."""
        writer, reader = database.connect(folder)
        with Faults(folder):
            return cls(folder, writer, reader, Claims(folder))

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stores what has come back and ends. What still runs is not waited for, and may be claimed by others."""
        self._send()
        self._closed = True
        self._writer.close()
        self._reader.close()
        self._claims.close()

    # --- effects -------------------------------------------------------------------------------------------------

    async def get_or_run(self, key: bytes, effect: Run) -> Stored:
        """The value stored under `key`; where there is none, `effect`'s, once it is stored.

        `key` is a digest: 16 bytes or more that everything that decides the answer went into, and nothing else. What
        `effect` raises is raised to all who wait for this key; a caller who is cancelled leaves it to the next.
        """
        if (known := self._ahead.take(key)) is not None:
            return Stored(known, False)
        while (waiting := self._flights.get(key)) is not None:
            future: asyncio.Future[Stored | None] = asyncio.get_running_loop().create_future()
            waiting.append(future)
            if (stored := await future) is not None:
                return Stored(stored.value, False)
        self._flights[key] = []
        try:
            held = await self._looks.ask(key)
            if held is HELD_ELSEWHERE:
                held = await self.claim(key)
            if held is not None:
                stored = Stored(held, False)
                self.land(key, stored)
                return stored
            value = await effect()
            if not isinstance(value, bytes):
                raise TypeError(f"an effect gives bytes, not {type(value).__name__}")
        except asyncio.CancelledError:
            self.land(key, None)
            raise
        except BaseException as error:
            self.land(key, error)
            raise
        return await self._keep(key, value)

    def get(self, key: bytes) -> bytes | None:
        if (known := self._ahead.take(key)) is not None:
            return known
        with self._faults:
            row = self._reader.execute("select value from effects where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """What is held of `keys`."""
        return dict(self._select("select key, value from effects where key in", keys))

    def prefetch(self, keys: Iterable[bytes]) -> int:
        """Reads what is held of `keys` in a few statements, for `get_or_run` and `get` to find at once; how many are.

        A hint: of what is more than `Ahead` keeps the oldest is forgotten, and read from the disk when it is asked for.
        """
        held = self.get_many(keys)
        self._ahead.add(held)
        return len(held)

    def known(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of `keys` that have a value; reads no value."""
        return {key for (key,) in self._select("select key from effects where key in", keys)}

    def put_many(self, effects: Iterable[Effect]) -> int:
        """Stores effects that ran elsewhere, where the key has none yet; how many were new. Blocks."""
        return sum(self._call(partial(insert, rows=rows)) for rows in _chunks(effects, ROWS))

    # --- facts ---------------------------------------------------------------------------------------------------

    def facts(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Small things worked out before, by name: digests of files by path, size and time, results by fingerprint."""
        return dict(self._select("select key, value from facts where key in", keys))

    def fact(self, key: str) -> bytes | None:
        return self.facts((key,)).get(key)

    def set_facts(self, facts: Mapping[str, bytes]) -> None:
        """Unlike effects, the last write wins. Blocks until stored."""
        statement = "insert or replace into facts (key, value) values (?, ?)"
        self._call(lambda connection: connection.executemany(statement, facts.items()))

    # --- the whole -----------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Everything stored so far outlives a power cut when this returns. Called before a commit refers to it."""
        self._call(lambda connection: None)
        with self._faults:
            for path in sorted(self.folder.glob(f"{database.FILE}*")):
                if not path.name.endswith("-shm"):
                    _fsync(path)
            _fsync(self.folder)

    def stats(self) -> Stats:
        with self._faults:
            (effects,) = self._reader.execute("select count(*) from effects").fetchone()
            (facts,) = self._reader.execute("select count(*) from facts").fetchone()
            size = sum(path.stat().st_size for path in self.folder.glob(f"{database.FILE}*"))
        return Stats(effects, facts, size)

    # --- for flights ---------------------------------------------------------------------------------------------

    def taken(self, key: bytes) -> bytes | None:
        """What was read ahead of it."""
        return self._ahead.take(key)

    def take_off(self, flight: Flight) -> bool:
        """Whether it is the first of its key, and its claim and the look at what is there are under way."""
        waiting = self._flights.get(flight.key)
        if waiting is not None:
            waiting.append(flight)
            return False
        self._flights[flight.key] = []
        self._looks.add(flight.key, flight)
        return True

    def post(self, key: bytes, value: bytes, waiting: Waiting) -> None:
        """Goes to the writer with all that come back in this turn of the loop."""
        if not self._outbox:
            self._sending = asyncio.get_running_loop()
            self._sending.call_soon(self._send)
        self._outbox.append(((key, value), waiting))

    # --- how -----------------------------------------------------------------------------------------------------

    def _claimed(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Claims `keys`. Of those that are this journal's now, the values that are there; of others, that they are."""
        with self._faults:
            mine = [key for key in keys if self._claims.take(key)]
        # Looked up under the claim: between a look without it and the claim, another process could store and leave.
        found = self.get_many(mine)
        self._listen()
        return found if len(mine) == len(keys) else found | dict.fromkeys(set(keys).difference(mine), HELD_ELSEWHERE)

    async def claim(self, key: bytes) -> bytes | None:
        """The value under `key`, held elsewhere until now; or None, and then this journal alone may run its effect."""
        wait = _SHORTEST_WAIT
        with self._faults:
            while not self._claims.take(key):
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
        self._listen()
        return self.get(key)

    def _listen(self) -> None:
        """For another journal that wants to be let in, as long as this one is alone: it may wait for a long call."""
        loop = asyncio.get_running_loop()
        if self._claims.busy and self._listening is not loop:
            self._listening = loop
            loop.call_later(HEARING, self._hear)

    def _hear(self) -> None:
        self._listening = None
        if not self._closed:
            self._claims.hear()
            self._listen()

    async def _keep(self, key: bytes, value: bytes) -> Stored:
        future: asyncio.Future[Stored | None] = asyncio.get_running_loop().create_future()
        self.post(key, value, future)
        stored = await future
        assert stored is not None
        return stored

    def _send(self) -> None:
        """Gives the writer all that came back in one turn of the loop."""
        if not self._outbox:
            return
        outbox, self._outbox = self._outbox, []
        assert self._sending is not None
        loop = self._sending

        def settle(fates: Sequence[Stored] | BaseException) -> None:
            with suppress(RuntimeError):  # The loop is closed: nobody waits any more, and what came back is stored.
                loop.call_soon_threadsafe(self._settle, outbox, fates)

        self._writer.submit(Submission([effect for effect, _ in outbox], settle))

    def _settle(self, outbox: list[tuple[Effect, Waiting]], fates: Sequence[Stored] | BaseException) -> None:
        """In the loop again: the fate of what was sent is told to the caller who ran it and to all who waited."""
        told: Sequence[Fate] = [self._fault(fates)] * len(outbox) if isinstance(fates, BaseException) else fates
        for ((key, _), future), fate in zip(outbox, told, strict=True):
            self.land(key, fate)
            _tell(future, fate)

    def _fault(self, error: BaseException) -> BaseException:
        return SynthError(database.diagnose(self.folder, error)) if isinstance(error, sqlite3.Error) else error

    def land(self, key: bytes, fate: Fate) -> None:
        """The end of a flight: the claim is dropped, and all who waited are told."""
        self._claims.release(key)
        for waiting in self._flights.pop(key):
            _tell(waiting, fate)

    def _call(self, run: Callable[[sqlite3.Connection], Item]) -> Item:
        self._send()
        with self._faults:
            return self._writer.call(run)

    def _select(self, statement: str, keys: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
        for some in _chunks(keys, _MANY):
            with self._faults:
                yield from self._reader.execute(f"{statement} ({_marks(len(some))})", _filled(some)).fetchall()


def _tell(future: Waiting, fate: Fate) -> None:
    if future.done():
        return
    if isinstance(fate, BaseException):
        future.set_exception(fate)
    else:
        future.set_result(fate)


def _filled(some: list[Any]) -> list[Any]:
    """Powers of two in length, the last item repeated: so few statements that SQLite keeps them all ready."""
    return some + some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some))


@cache
def _marks(count: int) -> str:
    return ", ".join("?" * (1 << (count - 1).bit_length()))


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
