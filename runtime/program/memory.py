"""What a row asked, by slot, in; the answer when the same slot asks the same again out. A retry makes slots stale.

A slot is one call of the program: a step's name, the round of the loop it stands in, the element, the sample.
"""

from __future__ import annotations

from collections.abc import Sequence

Slot = tuple[str, int, int, int]
Statement = tuple[str, int]
"""A step in one round: all its elements and samples."""


Remembered = tuple[object, object]
"""(question, answer)"""


class Memory:
    """Statements stand in the order in which the program last passed them, whichever of their slots it asked first."""

    __slots__ = ("_asked", "_kept")

    def __init__(self) -> None:
        self._kept: dict[Statement, dict[tuple[int, int], Remembered]] = {}
        self._asked: dict[Slot, int] = {}

    def recall(self, slot: Slot, question: object) -> Remembered | None:
        """None for what was never asked, was forgotten, or was asked something else."""
        name, round_, element, sample = slot
        kept = self._kept[name, round_] = self._kept.pop((name, round_), {})
        found = kept.get((element, sample))
        return found if found is not None and found[0] == question else None

    def keep(self, slot: Slot, question: object, answer: object) -> None:
        name, round_, element, sample = slot
        self._kept[name, round_][element, sample] = question, answer

    def next_attempt(self, slot: Slot) -> int:
        """0, 1, 2 … for each slot, over all retries: no attempt has the seed or the event of another."""
        attempt = self._asked.get(slot, 0)
        self._asked[slot] = attempt + 1
        return attempt

    def forget(self, names: Sequence[str]) -> None:
        """The first of `names` is asked again where the program last passed it; the others, which were made from it,
        wherever they stand after that. Earlier rounds of a loop are left as they are."""
        order = list(self._kept)
        last = max((place for place, (name, _) in enumerate(order) if name in names[:1]), default=len(order))
        for statement in order[last:]:
            if statement[0] in names:
                del self._kept[statement]
