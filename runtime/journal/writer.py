"""Effects to store in, from one event loop or several; one transaction for all that are waiting, and their fates, out.

One thread of the process writes. While it commits, what arrives gathers for the next transaction, so the cost of a
commit is shared by as many as are in flight.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple, TypeVar

Result = TypeVar("Result")
Effect = tuple[bytes, bytes]
"""A key and the value to store under it."""
ROWS = 256
_GATHER = 64
"""At most so many submissions go into one transaction, so that none waits long."""


class Stored(NamedTuple):
    """`value` is what the journal holds; `fresh` says that it is what this call made."""

    value: bytes
    fresh: bool


@dataclass(frozen=True, slots=True)
class Submission:
    """`settle` is called in the writer's thread, once: with an effect's fate each, or with the fault that hit them."""

    effects: Sequence[Effect]
    settle: Callable[[Sequence[Stored] | BaseException], None]


@dataclass(frozen=True, slots=True)
class _Work:
    """Something to run in a transaction of its own."""

    run: Callable[[sqlite3.Connection], object]
    settle: Callable[[object], None]


class Writer:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._queue: SimpleQueue[Submission | _Work | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="journal-writer", daemon=True)
        self._thread.start()

    def submit(self, submission: Submission) -> None:
        self._queue.put(submission)

    def call(self, run: Callable[[sqlite3.Connection], Result]) -> Result:
        """`run`'s result, from within a transaction that is committed when this returns. Blocks; raises its fault."""
        answer: SimpleQueue[object] = SimpleQueue()
        self._queue.put(_Work(run, answer.put))
        result = answer.get()
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[return-value]

    def close(self) -> None:
        """Stores what was submitted, then ends."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            if isinstance(first, _Work):
                self._work(first)
                continue
            batch, after = self._gather(first)
            self._store(batch)
            if isinstance(after, _Work):
                self._work(after)
            elif after is _END:
                return

    def _gather(self, first: Submission) -> tuple[list[Submission], object]:
        """All submissions that wait, and what ended the row of them."""
        batch = [first]
        while len(batch) < _GATHER:
            try:
                item = self._queue.get_nowait()
            except Empty:
                return batch, None
            if not isinstance(item, Submission):
                return batch, item or _END
            batch.append(item)
        return batch, None

    def _store(self, batch: list[Submission]) -> None:
        effects = [effect for submission in batch for effect in submission.effects]
        try:
            fates: Sequence[Stored] = transaction(self._connection, lambda connection: store(connection, effects))
        except BaseException as error:  # Nobody else is there to raise it to: those who wait are told.
            for submission in batch:
                submission.settle(error)
            return
        start = 0
        for submission in batch:
            submission.settle(fates[start : start + len(submission.effects)])
            start += len(submission.effects)

    def _work(self, work: _Work) -> None:
        try:
            work.settle(transaction(self._connection, work.run))
        except BaseException as error:
            work.settle(error)


_END = object()


def transaction(connection: sqlite3.Connection, run: Callable[[sqlite3.Connection], Result]) -> Result:
    connection.execute("begin immediate")
    try:
        result = run(connection)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    return result


def store(connection: sqlite3.Connection, effects: Sequence[Effect]) -> list[Stored]:
    """What the journal holds for each: the first write of a key wins, before or within `effects`."""
    fates: list[Stored] = []
    for start in range(0, len(effects), ROWS):
        rows = effects[start : start + ROWS]
        if insert(connection, rows) == len(rows):
            fates += [Stored(value, True) for _, value in rows]
        else:
            fates += [_read_back(connection, effect) for effect in rows]
    return fates


def insert(connection: sqlite3.Connection, rows: Sequence[Effect]) -> int:
    """Stores those of at most ROWS effects whose keys have no value yet; how many they were."""
    # One statement for many rows: each step of a statement gives up the interpreter and has to win it back.
    statement = "insert or ignore into effects (key, value) values " + ", ".join(["(?, ?)"] * len(rows))
    return connection.execute(statement, [part for effect in rows for part in effect]).rowcount


def _read_back(connection: sqlite3.Connection, effect: Effect) -> Stored:
    key, value = effect
    (held,) = connection.execute("select value from effects where key = ?", (key,)).fetchone()
    return Stored(held, held == value)
