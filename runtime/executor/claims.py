"""Keys that workers want to call for in; the answer, a grant, or a wait for who was granted it, out: for the driver."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from runtime.journal import Journal

_Waiting = asyncio.Future["bytes | None"]


class Claims:
    """In front of the driver's journal. A key is granted to one worker at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._holder: dict[bytes, int] = {}
        self._waiting: dict[bytes, list[tuple[int, _Waiting]]] = {}
        self._storing: dict[bytes, bytes] = {}

    def held(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Answers that are there already."""
        known = {key: self._storing[key] for key in keys if key in self._storing}
        return known | self._journal.get_many([key for key in keys if key not in known])

    def grant(self, worker: int, key: bytes) -> bool:
        """Whether nobody makes that call: then this worker does."""
        return self._holder.setdefault(key, worker) == worker

    async def claim(self, worker: int, key: bytes) -> bytes | None:
        """None is a grant. Asked when `held` does not have it."""
        if self.grant(worker, key):
            return None
        future: _Waiting = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append((worker, future))
        return await future

    def landed(self, effects: Sequence[tuple[bytes, bytes]]) -> None:
        """Answers that came: all who wait have them at once, and the journal soon."""
        for key, value in effects:
            self._storing[key] = value
            self._holder.pop(key, None)
            for _, future in self._waiting.pop(key, ()):
                if not future.done():
                    future.set_result(value)

    async def store(self) -> None:
        """Stores what has landed. Blocks nobody but who calls it."""
        effects = list(self._storing.items())
        if not effects:
            return
        await asyncio.to_thread(self._journal.put_many, effects)
        for key, _ in effects:
            self._storing.pop(key, None)

    def missed(self, keys: Iterable[bytes]) -> None:
        """Calls that did not come back: the next who waits may make them."""
        for key in keys:
            self._holder.pop(key, None)
            waiting = self._waiting.pop(key, [])
            while waiting:
                worker, future = waiting.pop(0)
                if not future.done():
                    self._holder[key] = worker
                    future.set_result(None)
                    break
            if waiting:
                self._waiting[key] = waiting

    def lost(self, worker: int) -> None:
        for waiting in self._waiting.values():
            for holder, future in waiting:
                if holder == worker:
                    future.cancel()
        self.missed([key for key, holder in self._holder.items() if holder == worker])
