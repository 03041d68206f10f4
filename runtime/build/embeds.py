"""A dataset and the vectors that the journal holds in; how many texts a build would have a server embed out.

Texts that rows bring to a `dedup` or `decontaminate` are counted with the rows that stop there, as calls are. Added
here are those that all rows are held against, and those of a `select`, which looks at the best until it has enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from compiler import plan
from runtime.build.embedding import Recorded, key_of
from runtime.build.meanings import EncoderOf
from runtime.build.overlaps import Decontaminations
from runtime.filters.compare import meant
from runtime.program.outcome import Scored, Unanswered


@dataclass(frozen=True, slots=True)
class Texts:
    """Of one statement: those that the journal knows, and what new ones there are besides its rows' own."""

    known: int
    low: int
    high: int


class Embeds:
    """Empty where no server is asked."""

    def __init__(self, dataset: plan.DatasetPlan, encoder: EncoderOf) -> None:
        found = {step.id: (step, encoder(step)) for step in dataset.steps}
        self._steps = {id_: (step, one) for id_, (step, one) in found.items() if isinstance(one, Recorded)}
        self.names = {id_: step.title for id_, (step, _) in self._steps.items()}

    def least(self) -> dict[str, int]:
        """How many texts of a row each statement compares at least, by its name."""
        return {step.title: int(not isinstance(step, plan.Select)) for step, _ in self._steps.values()}

    def compared(self, scores: Iterable[Scored]) -> None:
        """A row that is kept, as far as its selects are concerned."""
        for scored in scores:
            if scored.step in self._steps and scored.score is not None and scored.apart is not None:
                with suppress(Unanswered):
                    self._steps[scored.step][1].encode([meant(scored.apart)])

    def found(self, cleared: Decontaminations, stopped: Mapping[str, int]) -> dict[str, Texts]:
        """When all rows were looked at. `stopped` are the rows that ended at each statement for want of a vector."""
        return {step.title: self._found(step, one, cleared, stopped[step.title]) for step, one in self._steps.values()}

    def _found(self, step: plan.Step, one: Recorded, cleared: Decontaminations, stopped: int) -> Texts:
        if isinstance(step, plan.Select):
            return Texts(len(one.known), 0, len(one.missing))
        if isinstance(step, plan.Decontaminate):
            keys = {key_of(one.identity, text) for text in cleared.texts(step.id) if text.strip()}
            missing = keys - set(one.journal.known(keys))
            if missing:
                return Texts(len(keys) - len(missing), len(missing), len(missing))
        repeated = max(0, stopped - len(one.missing))
        return Texts(len(one.known), -repeated, -repeated)
