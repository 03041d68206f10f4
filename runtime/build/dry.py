"""A compiled dataset in; what a build of it would reuse and call, found without one model call, out.

Every candidate's program is run against the journal alone. Where it holds no answer the row goes on without: what does
not hang on the answer is known all the same, and what does is a range (`foretell`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from compiler import plan
from compiler.prefix.share import Sharing
from dsl.diagnostics import Diagnostic
from runtime.build import identity, meanings
from runtime.build.acceptance import Acceptance
from runtime.build.caller import Recorded
from runtime.build.candidates import Candidate, count
from runtime.build.decided import Decided, Edits
from runtime.build.embeds import Embeds, Texts
from runtime.build.estimate import Rate
from runtime.build.foretell import asked
from runtime.build.foretell.guarded import guarded
from runtime.build.foretell.hopes import Hopes
from runtime.build.foretell.looker import Looker, LookingBackend, LookingHeld
from runtime.build.foretell.looking import LookingRow
from runtime.build.foretell.pending import lacks
from runtime.build.foretell.settled import BATCH, UNSETTLED, Said, Unsettled
from runtime.build.foretell.tally import Cell, Tally, total
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.run import Job, wanted
from runtime.build.session import Session
from runtime.build.sizes import Size, sizes
from runtime.build.tools import RecordedRuns
from runtime.decisions import Standing
from runtime.decisions.model import STATEMENT
from runtime.judges.examine import calls as gold_calls
from runtime.program.outcome import Kept, Outcome, Rejected, Unknown
from runtime.program.row import Row
from runtime.program.stage import Bound, HeldCalls, Stage
from runtime.tables.manifest import Manifest

__all__ = ["Cell", "Forecast", "cells", "forecast", "wanted"]
WINDOW = 64
LOOK = 1_000_000
BEYOND = 2_000
"""Candidates that are looked at, of axes that never end: at most, and of those that a build only may come to."""


@dataclass
class Forecast:
    """`how` is run, described, unchanged, or depends: on the rows of datasets that would be built anew (`waits`).

    `candidates` is how many there are at all; None for endless axes. Of a mix they are its parts' rows. `looked` are
    those that a build may come to, `sure` those that it comes to whatever is answered.
    `rates` are those of each cell, as in a pilot or the version before, and so is `acceptance`; `seconds` are for a
    token, as last seen of the models, and `busy` how much of its time a build of one process did not wait for them.
    `target` is how many rows are wanted at most. `endless`: a build may come to more candidates than were looked at.
    `decisions` are what people decided about rows, as they stand in the version before.
    `order` is that of the axes where rows are run in another than the spec's; `sharing` what rows share of the prompts
    of cells that would be asked, in tokens as the model of the engine `tokenizer` has them, or else as they are guessed
    from characters, and `warnings` where one is written against it.
    """

    dataset: str
    how: str
    previous: Manifest | None
    now: Manifest | None
    waits: tuple[str, ...] = ()
    cells: dict[str, Cell] = field(default_factory=dict)
    candidates: int | None = None
    target: int | None = None
    looked: int = 0
    sure: int = 0
    endless: bool = False
    inputs: dict[str, int] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    acceptance: Acceptance | None = None
    seconds: float | None = None
    busy: float = 0.0
    decisions: Sequence[Standing] = ()
    engines: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    sharing: Sequence[Sharing] = ()
    tokenizer: str | None = None
    warnings: Sequence[Diagnostic] = ()

    @property
    def needed(self) -> tuple[int, int | None] | None:
        """How many candidates the target will take, from few to many; None without one, or where nobody knows."""
        if self.target is None or self.acceptance is None or self.sure == self.looked:
            return None
        few, many = self.acceptance.candidates(self.target, self.candidates)
        return max(few, self.sure), many if many is None else max(many, self.sure)

    def expected(self, cell: Cell) -> float:
        """New calls, by the rate at which candidates came to it before; half-way between low and high where it is
        new, and where there is no end to the candidates, those of the candidates that are sure."""
        rate = self.rates.get(cell.name)
        if rate is None or cell.low == cell.high:
            sure = cell.high * self.sure / self.looked if self.endless else (cell.low + cell.high) / 2
            return max(cell.low, sure)
        if self.target is not None and self.acceptance is not None and self.acceptance.kept:
            tried = max(self.sure, self.target / self.acceptance.share)
            tried = tried if self.endless else min(self.looked, tried)
            new = rate.calls * tried - cell.reused - cell.maybe  # the first candidates are those asked before
        else:
            new = (rate.calls * self.looked - cell.reused) * cell.high / (cell.high + cell.maybe)
        return max(cell.low, new if self.endless else min(cell.high, new))

    def tokens_of(self, cell: Cell) -> float | None:
        """Prompt and completion tokens of its new calls; None where nobody knows."""
        rate = self.rates.get(cell.name)
        return None if rate is None or cell.kind == "meaning" else self.expected(cell) * rate.tokens

    @property
    def expected_tokens(self) -> float | None:
        running = [self.tokens_of(cell) for cell in self.cells.values() if cell.high and cell.kind != "meaning"]
        return None if not running or None in running else sum(tokens or 0 for tokens in running)

    @property
    def prompt_tokens(self) -> float | None:
        """Of its new calls, as far as they can be known before any was made; None where they cannot."""
        asked = [cell for cell in self.cells.values() if cell.high and cell.kind in ("gen", "judge")]
        each: dict[str, list[float]] = {cell.name: [] for cell in asked}
        for found in self.sharing:
            each.get(found.cell, []).append(found.tokens)
        if not asked or not all(each.values()):
            return None
        return sum(self.expected(cell) * sum(each[cell.name]) / len(each[cell.name]) for cell in asked)

    @property
    def expected_seconds(self) -> float | None:
        tokens = self.expected_tokens
        return None if tokens is None or self.seconds is None else tokens * self.seconds

    @property
    def reused(self) -> int:
        return total(self.cells.values(), "reused")

    @property
    def maybe(self) -> int:
        return total(self.cells.values(), "maybe")

    @property
    def low(self) -> int:
        return total(self.cells.values(), "low")

    @property
    def high(self) -> int:
        return total(self.cells.values(), "high")

    @property
    def worst(self) -> int:
        return total(self.cells.values(), "worst")

    @property
    def open(self) -> bool:
        return any(cell.open for cell in self.cells.values())


async def forecast(
    loaded: Loaded,
    session: Session,
    now: Manifest,
    inputs: Inputs,
    previous: Manifest | None,
    told: Decided,
    watch: Callable[[Row], object] = lambda row: None,
    held: HeldCalls | None = None,
    settling: Unsettled = UNSETTLED,
) -> Forecast:
    """Runs the dataset against the journal. `previous` is the version it is compared with; `watch` sees every row.

    `held` are that version's calls, to be found without being rendered; those of `settling` need no look at all.
    """
    made = Forecast(loaded.plan.name, "run", previous, now)
    if previous is not None and identity.same_data(previous, now):
        same = previous.fingerprints.description == now.fingerprints.description
        made.how = "unchanged" if same else "described"
        return made
    made.inputs = {name: len(source) for name, source in inputs.sources.items()}
    if loaded.mix is not None:
        made.candidates = sum(made.inputs.values())
        return made
    made.candidates, made.target = count(inputs.axes(loaded)), loaded.plan.target and wanted(loaded.plan)
    encoder = meanings.recorded(session, loaded.plan)
    embeds = Embeds(loaded.plan, encoder)
    made.cells = {cell.name: cell for cell in cells(loaded.plan)}
    made.cells |= {name: Cell(name, "meaning") for name in embeds.least()}
    looker = Looker(
        loaded.plan,
        guarded(loaded.text, loaded.plan.name, loaded.namespace),
        session.journal,
        asked.never(session.journal, loaded.plan, previous),
        frozenset(embeds.least()),
    )
    runs = RecordedRuns(session.journal)
    roles = _roles(loaded, session, looker, held)
    job = Job(loaded, inputs, roles, Progress(loaded.plan.name), WINDOW, now.limit, runs, told, encoder=encoder)
    Look(job, looker, made, watch, embeds, settling).all()
    for name, found in embeds.found(job.cleared, looker.unembedded).items():
        _add(made.cells[name], found)
    recorded = dict(session.roles(loaded.plan, lambda _: Recorded(session.journal)))
    made.cells = {**await _gold(loaded, inputs, recorded), **made.cells}
    return made


def _roles(loaded: Loaded, session: Session, looker: Looker, held: HeldCalls | None) -> dict[str, Bound]:
    found = session.roles(loaded.plan, lambda _: Recorded(session.journal))
    backends: dict[int, LookingBackend] = {}
    for bound in found.values():
        backend = backends.setdefault(id(bound.backend), LookingBackend(bound.backend.engine))
        backend.looker = looker
    told = None if held is None else LookingHeld(held, looker)
    return {role: replace(bound, backend=backends[id(bound.backend)], held=told) for role, bound in found.items()}


def _add(cell: Cell, found: Texts) -> None:
    cell.reused += found.known
    cell.low, cell.high = cell.low + found.low, cell.high + found.high
    cell.worst += found.high


async def _gold(loaded: Loaded, inputs: Inputs, roles: Mapping[str, Bound]) -> dict[str, Cell]:
    """The judges' own cases, which are asked before anything else."""
    found = {}
    for name, (reused, new) in (await gold_calls(loaded, inputs, roles) if inputs.gold else {}).items():
        found[f"gold of {name}"] = Cell(name, "gold", 1, 1, 1, reused, new, new, new)
    return found


@dataclass
class Look:
    """One pass over the candidates, in the spec's order."""

    job: Job
    looker: Looker
    made: Forecast
    watch: Callable[[Row], object]
    embeds: Embeds
    settling: Unsettled = UNSETTLED

    def all(self) -> None:
        dataset = self.job.loaded.plan
        hopes, tally = Hopes(dataset), Tally(self.made.cells)
        self.looker.fullness, self.looker.prepare = hopes.of, self.job.duplicates.prepared
        stage = replace(self.job.stage(), admit=self.job.duplicates.admit_next, wanted=lambda index, group: True)
        for candidate, settled in self._candidates():
            needed = hopes.all
            if needed == "full":
                break
            if self._far():
                self.made.endless = True
                break
            row, outcome = self._run(candidate, stage, needed == "open", settled)
            self.watch(row)
            if dataset.per is None or hopes.of(row.grouped) != "full":
                tally.add(row.asks, dataset.per is None or hopes.of(row.grouped) == "open")
            self.made.looked += 1
            self.made.sure += needed == "open"
            hopes.saw(row.grouped, outcome)
            if isinstance(outcome, Kept):
                self.embeds.compared(outcome.scores)
        tally.finish()
        self._beyond()
        for cell in self.made.cells.values():
            cell.open = cell.open or (self.made.endless and cell.high > 0)

    def _far(self) -> bool:
        """Axes that never end are looked at for as long as a build is sure to go on, and as far again."""
        if self.made.candidates is not None:
            return False
        return self.made.looked >= min(LOOK, self.made.sure + max(BEYOND, self.made.sure))

    def _candidates(self) -> Iterator[tuple[Candidate, Mapping[str, Said]]]:
        candidates = iter(self.job.candidates())
        while some := [*islice(candidates, BATCH)]:
            yield from zip(some, self.settling.of([candidate.key for candidate in some]), strict=True)

    def _beyond(self) -> None:
        """At worst no row is kept that only may be, and every candidate is looked at."""
        there = [number for number in (self.made.candidates, self.job.limit) if number is not None]
        left = max(0, min(there, default=LOOK) - self.made.looked)
        for cell in self.made.cells.values():
            cell.worst += left * cell.tries if self.made.high and cell.kind != "meaning" else 0

    def _run(
        self, candidate: Candidate, stage: Stage, sure: bool, settled: Mapping[str, Said]
    ) -> tuple[LookingRow, Outcome]:
        """As in a build: a candidate that people decided about is first run by itself."""
        told = self.job.told
        edits: Edits = {}
        if self.job.duplicates and told.concerns(candidate.key):
            alone = LookingRow(stage, candidate.key, candidate.index, candidate.axes, self.looker, sure)
            alone.alone = True
            outcome, edits = self._end(alone)
            if isinstance(outcome, Rejected) and outcome.step == STATEMENT:
                return alone, outcome
        row = LookingRow(stage, candidate.key, candidate.index, candidate.axes, self.looker, sure)
        row.settled, row.settling = settled, self.settling
        if edits:
            row.instead = lambda step, value: told.instead(step, value, edits)
        return row, self._end(row)[0]

    def _end(self, row: LookingRow) -> tuple[Outcome, Edits]:
        outcome = row.look()
        if not self.job.told.concerns(row.key) or not isinstance(outcome, Kept):
            return outcome, {}
        if lacks([columns for _, _, columns in outcome.rows]):
            return Unknown(row.asks.stopped or ""), {}
        fate, edits = self.job.told.outcome(row.key, outcome)
        row.values.update(edits)
        return fate, edits


def cells(dataset: plan.DatasetPlan) -> list[Cell]:
    """Everything that calls a model, in the order in which a row reaches it."""
    retries: Counter[str] = Counter()
    for step in dataset.of(plan.Require):
        for name in step.reruns:
            retries[name] += step.times
    known = sizes(dataset)
    gens = [_gen(step, 1 + retries[step.name], known[step.name]) for step in dataset.of(plan.Gen)]
    again = max((cell.again // cell.each for cell in gens), default=1)
    return [*gens, *(_judge(judge, again) for judge in dataset.judges)]


def _judge(judge: plan.JudgePlan, again: int) -> Cell:
    each = (len(judge.points) if judge.kind == "points" else 1) * judge.most
    return Cell(judge.name, "judge", again * each, again * each, each, prompt=judge.name, role=judge.role)


def _gen(step: plan.Gen, again: int, size: Size) -> Cell:
    calls = again * size.each * size.rounds
    made = Cell(step.name, "gen", calls, step.attempts * calls, size.each, condition=step.condition is not None)
    return replace(made, prompt=step.prompt, role=step.role, reads=step.reads)
