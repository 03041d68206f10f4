"""A compiled dataset in; what a build of it would reuse and call, found without one model call, out.

Every candidate's program is run against the journal alone: what it holds is reused, and where it holds nothing the
candidate's end is unknown. So reuse is exact, and new calls are a range: low if every unknown candidate is kept at its
first try, high if it takes as many candidates as the build before and every `retry` is used, and worst if all there
are use all of them and every answer fails its type as often as it may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from compiler import plan
from compiler.prefix.share import Sharing
from dsl.diagnostics import Diagnostic
from runtime.build import identity, meanings
from runtime.build.caller import Recorded
from runtime.build.candidates import count
from runtime.build.decided import Decided
from runtime.build.embeds import Embeds, Texts
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.run import Job, wanted
from runtime.build.session import Session
from runtime.build.sizes import Size, sizes
from runtime.build.tools import RecordedRuns
from runtime.decisions import Standing
from runtime.judges.examine import calls as gold_calls
from runtime.program.outcome import Kept, Rejected, Unknown
from runtime.program.row import Row
from runtime.program.stage import Bound
from runtime.tables.manifest import Manifest

WINDOW = 64
LOOK = 20_000
"""Candidates that are run against the journal; beyond these nothing was ever asked, or a build took them all."""


@dataclass
class Cell:
    """A gen, a judge, its gold cases, or a statement that has texts embedded: `reused` calls are exact; `low` to `high`
    new ones are expected, `worst` is the bound. `each` is how many calls one answer takes: a judge of points makes one
    for every point, and one asked about the elements of a list so many for each; `least` are those that no condition
    rules out.

    `again` is how often a row can come to it, retries counted; `tries` also counts answers that fail their type.
    `unanswered` are the rows that stop here: they ask something that the journal does not hold.
    """

    name: str
    kind: str
    again: int
    tries: int
    each: int = 1
    reused: int = 0
    low: int = 0
    high: int = 0
    worst: int = 0
    unanswered: int = 0
    least: int = 1

    def add(self, found: Texts) -> None:
        self.reused += found.known
        self.low, self.high = self.low + found.low, self.high + found.high
        self.worst += found.high


@dataclass
class Forecast:
    """`how` is run, described, unchanged, or depends: on the rows of datasets that would be built anew (`waits`).

    `candidates` is how many there are at all; None for endless axes. Of a mix they are its parts' rows.
    `tokens` are per call of each cell, as in the version before; `seconds` per token, as last seen of the models.
    `decisions` are what people decided about rows, as they stand in the version before.
    `order` is that of the axes where rows are run in another than the spec's; `sharing` what rows share of the prompts
    of cells that would be asked, and `warnings` where one is written against it.
    """

    dataset: str
    how: str
    previous: Manifest | None
    now: Manifest | None
    waits: tuple[str, ...] = ()
    cells: dict[str, Cell] = field(default_factory=dict)
    candidates: int | None = None
    inputs: dict[str, int] = field(default_factory=dict)
    tokens: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None
    decisions: Sequence[Standing] = ()
    order: tuple[str, ...] = ()
    sharing: Sequence[Sharing] = ()
    warnings: Sequence[Diagnostic] = ()

    @property
    def expected_tokens(self) -> float | None:
        """Prompt and completion tokens of the new calls, half-way between low and high; None where nobody knows."""
        running = [cell for cell in self.cells.values() if cell.high and cell.kind != "meaning"]
        if not running or any(cell.name not in self.tokens for cell in running):
            return None
        return sum((cell.low + cell.high) / 2 * self.tokens[cell.name] for cell in running)

    @property
    def expected_seconds(self) -> float | None:
        tokens = self.expected_tokens
        return None if tokens is None or self.seconds is None else tokens * self.seconds

    @property
    def reused(self) -> int:
        return sum(cell.reused for cell in self.cells.values())

    @property
    def low(self) -> int:
        return sum(cell.low for cell in self.cells.values())

    @property
    def high(self) -> int:
        return sum(cell.high for cell in self.cells.values())

    @property
    def worst(self) -> int:
        return sum(cell.worst for cell in self.cells.values())


async def forecast(
    loaded: Loaded,
    session: Session,
    now: Manifest,
    inputs: Inputs,
    previous: Manifest | None,
    told: Decided,
    watch: Callable[[Row], object] = lambda row: None,
) -> Forecast:
    """Runs the dataset against the journal. `previous` is the version it is compared with; `watch` sees every row."""
    made = Forecast(loaded.plan.name, "run", previous, now)
    if previous is not None and identity.same_data(previous, now):
        same = previous.fingerprints.description == now.fingerprints.description
        made.how = "unchanged" if same else "described"
        return made
    made.inputs = {name: len(source) for name, source in inputs.sources.items()}
    if loaded.mix is not None:
        made.candidates = sum(made.inputs.values())
        return made
    made.candidates = count(inputs.axes(loaded))
    made.cells = {cell.name: cell for cell in cells(loaded.plan)}
    roles = dict(session.roles(loaded.plan, lambda _: Recorded(session.journal)))
    limit = LOOK if now.limit is None else min(LOOK, now.limit)
    progress, runs = Progress(loaded.plan.name), RecordedRuns(session.journal)
    encoder = meanings.recorded(session, loaded.plan)
    job = Job(loaded, inputs, roles, progress, WINDOW, limit, runs, told, encoder=encoder)
    embeds = Embeds(loaded.plan, encoder)
    made.cells |= {name: Cell(name, "meaning", 1, 1, least=least) for name, least in embeds.least().items()}
    await _look(job, made, loaded.plan, watch, embeds)
    for name, found in embeds.found(job.cleared, {name: cell.unanswered for name, cell in made.cells.items()}).items():
        made.cells[name].add(found)
    made.cells = {**await _gold(loaded, inputs, roles), **made.cells}
    return made


async def _gold(loaded: Loaded, inputs: Inputs, roles: Mapping[str, Bound]) -> dict[str, Cell]:
    """The judges' own cases, which are asked before anything else."""
    found = {}
    for name, (reused, new) in (await gold_calls(loaded, inputs, roles) if inputs.gold else {}).items():
        found[f"gold of {name}"] = Cell(name, "gold", 1, 1, 1, reused, new, new, new)
    return found


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
    points = len(judge.points) if judge.kind == "points" else 1
    each = points * judge.most
    return Cell(judge.name, "judge", again * each, again * each, each, least=points * judge.least)


def _gen(step: plan.Gen, again: int, size: Size) -> Cell:
    calls = again * size.each * size.rounds
    return Cell(
        step.name, "gen", calls, step.attempts * calls, size.each, least=0 if step.condition is not None else size.each
    )


@dataclass
class Hopes:
    """Candidates that are kept or may be, by the group that a target counts; under None where it is not known yet."""

    dataset: plan.DatasetPlan
    kept: Counter[tuple[object] | None] = field(default_factory=Counter)

    def wants(self, group: tuple[object] | None) -> bool:
        """Whether one more of the group may be kept."""
        total, each = wanted(self.dataset), self.dataset.target
        if each is None:
            return True
        return (total is None or self.kept.total() < total) and (group is None or self.kept[group] < each)


async def _look(
    job: Job, made: Forecast, dataset: plan.DatasetPlan, watch: Callable[[Row], object], embeds: Embeds
) -> None:
    """The low count ends when the candidates that are kept, known or hoped, meet the target."""
    last = made.previous.counts.attempted if made.previous else None
    looked, hopes = 0, Hopes(dataset)
    async for row, outcome in job.outcomes():
        looked += 1
        watch(row)
        for event in row.events:
            if event.call is not None and event.cell in made.cells:
                made.cells[event.cell].reused += 1
        if isinstance(outcome, Kept):
            embeds.compared(outcome.scores)
        if isinstance(outcome, Unknown):
            if outcome.cell in made.cells:
                made.cells[outcome.cell].unanswered += 1
            following = _following(dataset, outcome.cell, embeds)
            _expect(made, outcome.cell, following, hopes.wants(row.whole.grouped), last is None or looked <= last)
        if not isinstance(outcome, Rejected) and hopes.wants(row.whole.grouped):
            hopes.kept[row.whole.grouped] += 1


def _following(dataset: plan.DatasetPlan, cell: str, embeds: Embeds) -> list[str]:
    """The cells from the one that a row stopped at, or from the run whose result nobody knows yet."""
    steps = list(dataset.all_steps())
    named = {step.id: step.name for step in steps if isinstance(step, plan.Gen | plan.Run)} | embeds.names
    names = [named[step.id] for step in steps if step.id in named] + [judge.name for judge in dataset.judges]
    runs = {step.name for step in steps if isinstance(step, plan.Run)}
    return [name for name in names[names.index(cell) :] if name not in runs]


def _expect(made: Forecast, stopped: str, cells: list[str], low: bool, high: bool) -> None:
    """An unknown candidate makes at least the call it stopped at; if it is kept, every one that follows too.

    Of those that hang on a condition (`when`) it may make none.
    """
    for name in cells:
        found = made.cells[name]
        found.low += max(found.least, name == stopped) if low else 0
        found.high += found.again if high or low else 0
        found.worst += found.tries
