"""Values that will be asked for soon in; each out once, without a look at the disk. Bounded: the oldest go first."""

from __future__ import annotations

from collections.abc import Mapping

MOST_BYTES = 64 * 1024 * 1024
_OVERHEAD = 200
"""Bytes that an entry takes beside its value."""


class Ahead:
    """A value under a key never changes, so nothing here can be out of date."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._values: dict[bytes, bytes] = {}
        self.bytes = 0

    def add(self, values: Mapping[bytes, bytes]) -> None:
        for key, value in values.items():
            if key not in self._values:
                self._values[key] = value
                self.bytes += len(value) + _OVERHEAD
        while self.bytes > self._most:
            self.take(next(iter(self._values)))

    def take(self, key: bytes) -> bytes | None:
        """The value, which is forgotten here."""
        value = self._values.pop(key, None)
        if value is not None:
            self.bytes -= len(value) + _OVERHEAD
        return value
