"""Calls of a worker that is far from the project's journal in; answers that no two workers ask for, out.

The driver, who has the journal, is asked about every key: it gives the answer, or grants the call to one worker, or
has the others wait for that one. What the call answers is stored on the worker's node before it is used, and then sent
to the driver. So equal calls are made once in the whole cluster, a lost worker costs no answer that its node still has,
and when the rows are made the driver's journal has all of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from runtime.journal import Journal, Stored
from runtime.journal.journal import Run

Claim = Callable[[bytes], Awaitable[bytes | None]]
"""The answer that is stored under a key; or None, and then the call is ours to make."""


class Segment(Journal):
    """A journal on a node's disk, which stands behind the driver's. Opened by `segment`."""

    shared = False
    """Others do not look into it: the driver is asked before each call."""
    ask: Claim
    landed: Callable[[bytes, bytes], None]
    missed: Callable[[bytes], None]

    async def get_or_run(self, key: bytes, effect: Run) -> Stored:
        found = await self.ask(key)
        if found is not None:
            return Stored(found, False)
        try:
            stored = await super().get_or_run(key, effect)
        except BaseException:
            self.missed(key)
            raise
        self.landed(key, stored.value)
        return stored


def segment(
    folder: Path, claim: Claim, landed: Callable[[bytes, bytes], None], missed: Callable[[bytes], None]
) -> Segment:
    found = Segment.open(folder)
    assert isinstance(found, Segment)
    found.ask, found.landed, found.missed = claim, landed, missed
    return found
