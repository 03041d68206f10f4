"""How far ahead to start: outcomes released so far in; a bound on candidates started and not yet released, out."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(slots=True)
class Pace:
    """With a target, no more is started than what is still wanted over the share kept so far.

    `window` bounds the whole (about four times the engine's concurrency). Before anything is released the share is
    taken as 1; one kept candidate is assumed beside those seen, so that a poor start does not stop at zero.
    """

    window: int
    target: int | None = None
    kept: int = 0
    released: int = 0

    def saw(self, index: int, group: tuple[object] | None, kept: bool) -> bool:
        """Takes note of a released candidate; whether it counts. All do, up to the one that meets the target."""
        self.released += 1
        self.kept += kept
        return True

    @property
    def done(self) -> bool:
        return self.target is not None and self.kept >= self.target

    def ahead(self) -> int:
        if self.target is None:
            return self.window
        acceptance = (self.kept + 1) / (self.released + 1)
        return min(self.window, ceil((self.target - self.kept) / acceptance))
