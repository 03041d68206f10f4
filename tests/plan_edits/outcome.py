"""A workshop and an edited spec in; what its plan foretells and what its build then does, side by side, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from runtime import bridge
from runtime.build.build import Built, Options
from runtime.build.dry import Forecast
from runtime.build.foresee import foresee
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from tests.acceptance.workshop import Workshop


@dataclass(frozen=True)
class Outcome:
    """By statement: calls that the journal held before, and calls that it did not. `sent` reached the engine."""

    how: str
    reused: Counter[str]
    new: Counter[str]
    sent: int


def planned(work: Workshop) -> Forecast:
    project, engine = Project.find(work.root), DeterministicEngine()
    with Session(project, project.config.profile(), engine) as session:
        analysis = work.analysis(session, {})
        assert analysis.ok, analysis.errors
        (found,) = bridge.run(foresee(analysis, session, Options("main"), session.store.head("main")))
    assert engine.calls == 0, "a plan asks nobody"
    return found


def built(work: Workshop) -> Outcome:
    before, engine = work.answered(), DeterministicEngine(concurrency=2)
    made: Built = work.made(engine)
    if made.how != "ran":
        return Outcome(made.how, Counter(), Counter(), engine.calls)
    calls = {(row["row"], row["cell"], row["call"]) for row in work.rows("rows", "calls") if row["kind"] in KINDS}
    reused = Counter(cell for _, cell, call in calls if call in before)
    new = Counter(cell for cell, _ in {(cell, call) for _, cell, call in calls if call not in before})
    return Outcome(made.how, reused, new, engine.calls)


KINDS = ("gen", "judge")


def disagreements(found: Forecast, came: Outcome, exact: bool) -> Iterator[str]:
    """Where the build did what the plan had ruled out; nothing where it kept to it."""
    if found.how != "run" or came.how != "ran":
        same = found.how == {"ran": "run"}.get(came.how, came.how)
        if not same or came.sent:
            yield f"{found.how} was foretold, {came.how} came, with {came.sent} calls"
        return
    for name, cell in found.cells.items():
        reused, new = came.reused[name], came.new[name]
        likely = cell.maybe + (cell.high - cell.low)
        if not cell.reused <= reused <= cell.reused + likely and not cell.open:
            yield f"{name}: {reused} reused, foretold {cell.reused} and at most {likely} more"
        if not cell.low <= new or (new > cell.high and not cell.open):
            yield f"{name}: {new} new, foretold {cell.low} to {cell.high}"
        if new > cell.worst and not cell.open:
            yield f"{name}: {new} new, at worst {cell.worst}"
    strange = set(came.reused) | set(came.new) - set(found.cells)
    if strange - set(found.cells):
        yield f"calls of {strange - set(found.cells)} were not foretold at all"
    if exact and (found.low != found.high or found.maybe):
        yield f"{found.low} to {found.high} calls of a spec in which nothing hangs on an answer"
