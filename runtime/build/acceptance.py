"""How many candidates were tried and kept in; how many a target will take, with how sure one can be, out."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

Z = 1.96
"""Of 20 such intervals, 19 hold the true share."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`source` says where it was seen: in a pilot, or in the version before."""

    kept: int
    attempted: int
    source: str

    @property
    def share(self) -> float:
        return self.kept / self.attempted

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's: it stays within 0 and 1 and holds for few candidates, too."""
        n, p = self.attempted, self.share
        middle = p + Z * Z / (2 * n)
        spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, (middle - spread) / (1 + Z * Z / n)), min(1.0, (middle + spread) / (1 + Z * Z / n))

    def candidates(self, wanted: int, there: int | None) -> tuple[int, int | None]:
        """How many it takes to keep so many, from few to many; None where there may be no end to it."""
        low, high = self.interval
        few = wanted if not high else ceil(wanted / high)
        many = ceil(wanted / low) if low > 0 else None
        if there is None:
            return few, many
        return min(few, there), there if many is None else min(many, there)


def acceptance(kept: int, attempted: int, source: str) -> Acceptance | None:
    return Acceptance(kept, attempted, source) if attempted else None
