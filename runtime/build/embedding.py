"""Texts in; the vectors that an embedding server makes of them out: from the journal, or asked for many at a time.

What is compared is what the journal holds. A server may give a text another vector next to other texts, by a last
digit; whoever was first stays.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import cast

import numpy as np

from dsl.diagnostics import Diagnostic, SynthError
from runtime.bridge import await_
from runtime.build.budget import Allowance, Need
from runtime.build.progress import Progress
from runtime.embeddings import Vector
from runtime.embeddings.vectors import scaled
from runtime.engines.faults import rejected, unavailable
from runtime.engines.protocol import Embedding, Engine, EngineRejected, EngineUnavailable
from runtime.journal import Journal
from runtime.program.outcome import Unanswered

BATCH = 64
"""Texts that are asked for in one exchange."""
IN_FLIGHT = 4
"""Exchanges at once. While they last, the texts of the next ones gather."""
PROBE = "text"
"""Tells how many numbers a vector has, for a text of blanks, which no server is asked about."""


def key_of(identity: str, text: str) -> bytes:
    """Where the journal keeps what the model `identity` makes of a text."""
    content = "\0".join(("embedding", identity, text)).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).digest()


@dataclass
class Lengths:
    """Of vectors that are compared with each other; one of another length is told of."""

    engine: str
    size: int | None = None

    def read(self, value: bytes) -> Vector:
        vector: Vector = np.frombuffer(value, np.int8)
        self.size = len(vector) if self.size is None else self.size
        if len(vector) != self.size:
            raise SynthError(_unlike(self.engine, f"one has {len(vector):,} numbers, another {self.size:,}"))
        return vector


class Served:
    """An encoder whose model an engine serves. A text counts as a call, in progress and in the budget."""

    def __init__(self, engine: Engine, journal: Journal, progress: Progress, allowance: Allowance) -> None:
        self._identity, self._journal, self._progress = engine.identity, journal, progress
        self._batches = Batches(engine, progress, allowance)
        self._lengths = Lengths(engine.name)

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        return await_(self._all(texts))

    async def _all(self, texts: Sequence[str]) -> list[Vector]:
        tasks = [asyncio.ensure_future(self._one(text)) for text in texts]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()

    async def _one(self, text: str) -> Vector:
        if not text.strip():
            return np.zeros(len(await self._one(PROBE)), np.int8)
        stored = await self._journal.get_or_run(key_of(self._identity, text), lambda: self._batches.ask(text))
        self._progress.reused += not stored.fresh
        return self._lengths.read(stored.value)


@dataclass
class Batches:
    """Texts of the same turn of the event loop share an exchange. At most so many exchanges are in flight."""

    engine: Engine
    progress: Progress
    allowance: Allowance
    _waiting: deque[tuple[str, asyncio.Future[bytes]]] = field(default_factory=deque)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self, text: str) -> bytes:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bytes] = loop.create_future()
        self._waiting.append((text, future))
        loop.call_soon(self._send)
        return await future

    def _send(self) -> None:
        while self._waiting and len(self._flying) < max(1, min(IN_FLIGHT, self.engine.concurrency)):
            number = self.allowance.calls_left(min(BATCH, len(self._waiting)))
            some = [self._waiting.popleft() for _ in range(number)]
            task = asyncio.ensure_future(self._fly([(text, future) for text, future in some if not future.done()]))
            self._flying.add(task)
            task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._send()

    async def _fly(self, some: Sequence[tuple[str, asyncio.Future[bytes]]]) -> None:
        try:
            found = await self._asked([text for text, _ in some]) if some else []
        except Exception as error:
            for _, future in some:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), vector in zip(some, found, strict=True):
            if not future.done():
                future.set_result(vector)

    async def _asked(self, texts: Sequence[str]) -> list[bytes]:
        need = Need(len(texts))
        await self.allowance.take(need, self.progress)
        try:
            return await self._sent(texts)
        finally:
            self.allowance.give_back(need)

    async def _sent(self, texts: Sequence[str]) -> list[bytes]:
        sent = [text.encode("utf-8", "replace").decode() for text in texts]
        try:
            found = await cast(Embedding, self.engine).embed(sent)
        except EngineUnavailable as fault:
            raise SynthError(unavailable(fault)) from fault
        except EngineRejected as fault:
            way_out = "compare shorter texts, or take a model that reads longer ones"
            raise SynthError(rejected(fault, "to embed texts", way_out)) from fault
        self.progress.fresh += len(texts)
        return [self._kept(numbers) for numbers in self._complete(found, len(texts))]

    def _complete(self, found: list[list[float]], number: int) -> list[list[float]]:
        if len(found) != number:
            raise SynthError(_unlike(self.engine.name, f"{len(found):,} came for {number:,} texts"))
        return found

    def _kept(self, numbers: Sequence[float]) -> bytes:
        array = np.array(numbers, np.float64)
        if not len(array) or not np.isfinite(array).all():
            raise SynthError(_unlike(self.engine.name, "one has no numbers, or some that are not finite"))
        return scaled(array).tobytes()


@dataclass
class Recorded:
    """An encoder that asks nobody: where the journal lacks a text, the row's end is unknown. `cell` is the statement.

    `known` and `missing` are the texts that it was asked about, each once.
    """

    identity: str
    journal: Journal
    cell: str
    known: set[bytes] = field(default_factory=set)
    missing: set[bytes] = field(default_factory=set)
    _lengths: Lengths = field(init=False)

    def __post_init__(self) -> None:
        self._lengths = Lengths(self.identity)

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        keys = [key_of(self.identity, text if text.strip() else PROBE) for text in texts]
        held = self.journal.get_many(set(keys))
        self.known |= set(held)
        self.missing |= set(keys) - set(held)
        if self.missing.intersection(keys):
            raise Unanswered(self.cell)
        vectors = [self._lengths.read(held[key]) for key in keys]
        return [vector if text.strip() else np.zeros_like(vector) for text, vector in zip(texts, vectors, strict=True)]


def _unlike(engine: str, found: str) -> Diagnostic:
    return Diagnostic(
        "E0812",
        f"the vectors of engine `{engine}` cannot be compared",
        notes=(found,),
        help="name the model in `model` and `revision`, so that vectors of another one are kept apart",
    )
