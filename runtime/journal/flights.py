"""One who asks the journal for a key without a coroutine in; the start of its effect, and its end, told, out."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from runtime.journal.looks import HELD_ELSEWHERE
from runtime.journal.writer import Stored

if TYPE_CHECKING:
    from runtime.journal.journal import Journal

Fate = Stored | BaseException | None
"""What those who wait for a key are told: its value, a fault, or (None) that they are to try for themselves."""


class Waiting(Protocol):
    """A future of a fate, or a flight that waits."""

    def done(self) -> bool: ...

    def set_result(self, stored: Stored | None, /) -> None: ...

    def set_exception(self, error: BaseException, /) -> None: ...


class _At(Enum):
    """Where a flight is."""

    GROUND = "not begun"
    QUEUE = "another one runs the effect of its key"
    LOOK = "the journal looks whether it has the value, and claims the key"
    CLAIM = "another process has claimed the key"
    AIR = "its effect runs"
    STORE = "what came back is being stored"
    END = "told, or given up"


GROUND, QUEUE, LOOK, CLAIM, AIR, STORE, END = _At


class Flight(ABC):
    """What `get_or_run` is for a coroutine. `begin` is called where the effect is to be run: `keep` or `fail` must
    follow. `told` is called once, unless it was given up."""

    __slots__ = ("_at", "_claiming", "journal", "key")

    def __init__(self, journal: Journal, key: bytes) -> None:
        self.journal, self.key, self._at = journal, key, GROUND
        self._claiming: asyncio.Future[bytes | None] | None = None

    @abstractmethod
    def begin(self) -> None: ...

    @abstractmethod
    def told(self, fate: Stored | BaseException) -> None: ...

    def start(self) -> None:
        known = self.journal.taken(self.key)
        if known is not None:
            self._end(Stored(known, False))
        else:
            self._at = LOOK if self.journal.take_off(self) else QUEUE

    def keep(self, value: bytes) -> None:
        """What the effect came to."""
        self._at = STORE
        self.journal.post(self.key, value, self)

    def fail(self, error: BaseException) -> None:
        """The effect came to nothing; nobody stores that."""
        self._at = END
        self.journal.land(self.key, None if isinstance(error, asyncio.CancelledError) else error)
        self.told(error)

    def give_up(self) -> None:
        """Leaves the effect to the next who waits for it. What is being stored is stored."""
        at, self._at = self._at, END
        if self._claiming is not None:
            self._claiming.cancel()
        if at in (LOOK, CLAIM, AIR):
            self.journal.land(self.key, None)

    # --- as who waits ---

    def done(self) -> bool:
        return self._at is END

    def set_result(self, found: Stored | bytes | None) -> None:
        """Of a look, the value that is there; of an effect, its fate."""
        if isinstance(found, Stored):
            self._end(found if self._at is STORE else Stored(found.value, False))
        elif found is HELD_ELSEWHERE:
            self._at = CLAIM
            self._claiming = asyncio.ensure_future(self.journal.claim(self.key))
            self._claiming.add_done_callback(self._claimed)
        elif found is not None:
            stored = Stored(found, False)
            self.journal.land(self.key, stored)
            self._end(stored)
        elif self._at is QUEUE:
            self.start()
        else:
            self._at = AIR
            try:
                self.begin()
            except BaseException as error:  # it is for this flight alone
                self.fail(error)

    def _claimed(self, claiming: asyncio.Future[bytes | None]) -> None:
        self._claiming = None
        if claiming.cancelled() or self._at is END:
            return
        error = claiming.exception()
        self.set_result(claiming.result()) if error is None else self.set_exception(error)

    def set_exception(self, error: BaseException) -> None:
        if self._at in (LOOK, CLAIM):
            self.fail(error)
        else:
            self._end(error)

    def _end(self, fate: Stored | BaseException) -> None:
        self._at = END
        self.told(fate)
