"""A key in; whether this journal may run its effect, or another one in any process is running it, out.

A claim is a lock at a place that the key decides, in a file that all journals of a folder share. A lock costs two calls
of the system for each effect, so a journal that is alone in its folder takes none: it holds the place `HERE` alone.
Who comes later cannot share that, and knocks: it locks the place `KNOCK`. The first hears it within a blink, locks the
places of all that it runs, and shares `HERE`. From then on both lock every key, until one of them is alone again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from runtime.journal.locks import Locks

FILE = "claims"
HERE, KNOCK = 2**62, 2**62 + 1
HEARING = 0.02
"""Seconds between two looks at whether somebody knocks."""
ALONE_AGAIN = 0.5
"""Seconds between two tries to be alone again."""
UNHEARD = 2.0
"""Seconds after which one who knocks goes in: the other is stopped, or busy. Both may then run one effect; the journal
keeps one value of it all the same."""


class _State(Enum):
    OUT = "runs nothing"
    ALONE = "locks no key"
    AMONG = "shares the place with others"
    UNHEARD = "went in without an answer"


class Claims:
    """Claims of one journal. Two keys share a place once in 2**62; then one waits for the other, and that is all."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._locks = Locks(folder / FILE)
        self._clock = clock
        self._state = _State.OUT
        self._running: set[bytes] = set()
        self._locked: set[bytes] = set()
        self._looked = 0.0
        self._knocked: float | None = None

    @property
    def busy(self) -> bool:
        """Somebody may have to be heard: `hear` is to be called now and then."""
        return self._state is _State.ALONE

    def take(self, key: bytes) -> bool:
        """False where another journal holds it, or has not answered yet. Never waits."""
        if not self._is_in():
            return False
        if self._state is not _State.ALONE:
            if not self._locks.alone(_place(key)):
                return False
            self._locked.add(key)
        self._running.add(key)
        return True

    def release(self, key: bytes) -> None:
        """Also of one that was not taken, when nobody waits for it any more."""
        self._running.discard(key)
        if key in self._locked:
            self._locked.discard(key)
            self._locks.drop(_place(key))
        if not self._running:
            self._leave()

    def hear(self) -> None:
        """Lets in who knocks."""
        if self._state is _State.ALONE and self._locks.others(KNOCK):
            self._share()

    def close(self) -> None:
        """Drops every claim."""
        self._locks.close()

    # --- who is there ---

    def _is_in(self) -> bool:
        if self._state is _State.OUT:
            return self._enter()
        now = self._clock()
        if now - self._looked > (HEARING if self._state is _State.ALONE else ALONE_AGAIN):
            self._looked = now
            self._look()
        return True

    def _look(self) -> None:
        if self._state is _State.ALONE:
            self.hear()
        elif self._state is _State.UNHEARD and self._locks.shared(HERE):
            self._be(_State.AMONG)
        elif self._state is _State.AMONG and self._is_left():
            self._be(_State.ALONE)

    def _is_left(self) -> bool:
        """Nobody else is there, nor about to come in."""
        return Locks.of_opening and not self._locks.others(KNOCK) and self._locks.alone(HERE)

    def _enter(self) -> bool:
        if not Locks.of_opening:
            self._be(_State.AMONG)
        elif self._locks.alone(HERE):
            self._be(_State.ALONE)
            self.hear()
        elif self._locks.shared(HERE):
            self._be(_State.AMONG)
        else:
            return self._knock()
        return True

    def _knock(self) -> bool:
        now = self._clock()
        if self._knocked is None:
            self._locks.shared(KNOCK)
            self._knocked = now
        if now - self._knocked < UNHEARD:
            return False
        self._state, self._looked = _State.UNHEARD, now  # and knocks on
        return True

    def _be(self, state: _State) -> None:
        self._state, self._looked = state, self._clock()
        if self._knocked is not None:
            self._locks.drop(KNOCK)
            self._knocked = None

    def _share(self) -> None:
        for key in self._running - self._locked:
            if self._locks.alone(_place(key)):
                self._locked.add(key)
        self._locks.shared(HERE)
        self._be(_State.AMONG)

    def _leave(self) -> None:
        if self._state in (_State.ALONE, _State.AMONG) and Locks.of_opening:
            self._locks.drop(HERE)
        self._be(_State.OUT)


def _place(key: bytes) -> int:
    return int.from_bytes(key[:8].ljust(8, b"\0"), "big") >> 2


@contextmanager
def among_others(folder: Path) -> Iterator[None]:
    """Nobody is alone in the folder meanwhile: of several who come at once none has to knock at another."""
    locks = Locks(folder / FILE)
    try:
        locks.shared(HERE)
        yield
    finally:
        locks.close()
