"""What all rows of a plan share in, and what answers them: the journal, and the calls of the version before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compiler import plan
from runtime.build.foretell.guarded import Guarded
from runtime.build.foretell.pending import lacks
from runtime.engines.asking import Backend, Call
from runtime.engines.protocol import Answer, Request
from runtime.journal import Journal
from runtime.program.outcome import Unanswered
from runtime.program.stage import CallPlace, HeldCall, HeldCalls, RecordedGen
from runtime.program.trace import Event
from runtime.tables.keys import Key

if TYPE_CHECKING:
    from runtime.build.foretell.noting import Noting


@dataclass(frozen=True)
class _Function:
    func: Callable[[Any, Any], None]


@dataclass
class Looker:
    """What all rows of a plan share: the program, who asks what, and the row that is looked at."""

    dataset: plan.DatasetPlan
    program: Guarded
    journal: Journal
    anew: frozenset[str] = frozenset()
    """Gens that were never asked here: none of their calls is in the journal."""
    embedded: frozenset[str] = frozenset()
    """Statements whose texts an engine embeds, by their text."""
    fullness: Callable[[tuple[object]], str] = lambda group: "open"
    """Of a target's group, by the rows so far: `full`, `maybe` or `open`."""
    prepare: Callable[[str, object], object] = lambda step, value: value
    """What a `dedup` by exact compares of a value."""
    row: Noting | None = None

    def __post_init__(self) -> None:
        steps = list(self.dataset.all_steps())
        self.lets = {step.name: step.type for step in steps if isinstance(step, plan.Let)}
        self.rounds = {step.name: step.rounds for step in steps if isinstance(step, plan.Loop)}
        self.exact = {step.id for step in steps if isinstance(step, plan.Dedup) and step.method == "exact"}
        self.titles = {step.id: step.title for step in steps}
        self.judges = frozenset(judge.name for judge in self.dataset.judges)
        self.body = _Function(self.program.body)
        self.unembedded: Counter[str] = Counter()
        """Texts that are known and have no vector yet, by statement."""
        self.passed: defaultdict[str, set[object]] = defaultdict(set)
        self.perhaps: defaultdict[str, set[object]] = defaultdict(set)
        """Values that passed a `dedup` by exact, by statement: surely, or only perhaps."""
        self.doubtful: set[str] = set()
        """Statements that compare rows, once one came that they may or may not pass."""


class LookingBackend(Backend):
    """Answers from the journal alone, and tells the row what it was asked."""

    looker: Looker

    def _complete(self, call: Call, request: Request) -> Answer:
        value = self.looker.journal.get(request.digest)
        assert self.looker.row is not None
        self.looker.row.asked(request.digest, value is not None)
        if value is None:
            raise Unanswered("")
        call.answer = answer = Answer.from_json(value)
        call.text = answer.text
        return answer


@dataclass
class LookingHeld:
    """The calls of the version before, found by what is at hand; the row is told of those that are asked again."""

    held: HeldCalls
    looker: Looker

    def find(self, cell: str, role: str, seed: int, arguments: Mapping[str, object]) -> HeldCall | None:
        found = None if lacks(arguments) else self.held.find(cell, role, seed, arguments)
        if found is not None and found.answer is not None and self.looker.row is not None:
            self.looker.row.asked(bytes.fromhex(found.key), True)
        return found

    @property
    def proven(self) -> Collection[str]:
        return self.held.proven

    def gens(self, key: Key) -> Mapping[CallPlace, RecordedGen]:
        return self.held.gens(key)

    def same(self, recorded: RecordedGen, cell: str, role: str, arguments: Mapping[str, object]) -> bool:
        same = not lacks(arguments) and self.held.same(recorded, cell, role, arguments)
        if same and cell in self.proven and self.looker.row is not None:
            self.looker.row.asked(bytes.fromhex(recorded.call), True)
        return same

    def prove(self, key: Key, recorded: RecordedGen, event: Event) -> None:
        self.held.prove(key, recorded, event)

    def check(self, cell: str, recorded: str, key: str) -> None:
        self.held.check(cell, recorded, key)
