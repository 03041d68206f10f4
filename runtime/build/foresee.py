"""A spec and a version in; what a build would do to each of its datasets, found without one model call, out.

What is made from rows that do not exist yet cannot be foreseen, and is said to depend on them.
"""

from __future__ import annotations

import asyncio

from compiler.analysis import Analysis
from runtime.build import commit, estimate, identity, needs, prompts
from runtime.build.acceptance import acceptance
from runtime.build.build import Options, known_before
from runtime.build.chosen import chosen
from runtime.build.collecting import rarely
from runtime.build.decided import decided, known, standing
from runtime.build.dry import Forecast, forecast
from runtime.build.foretell.settled import settled, unchanged
from runtime.build.held import held_calls
from runtime.build.inputs import Inputs
from runtime.build.pilot import pilot
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.session import Session
from runtime.store.port import CommitId
from runtime.tables.manifest import Manifest


async def foresee(
    analysis: Analysis, session: Session, options: Options, against: CommitId | None, tried: int = 0
) -> list[Forecast]:
    """What `build` would do to the version at `against`; makes no model call and writes nothing.

    With `tried`, so many candidates of each dataset that would be run are tried first: those calls are made.
    """
    at = commit.Changes(session.store, against)
    moving: set[str] = set()
    found = []
    datasets = chosen(analysis, options.only)
    needs.enforce(datasets, session)
    try:
        for loaded in datasets:
            name = loaded.plan.name
            waits = tuple(need for need in loaded.plan.needs if need in moving)
            previous = at.manifest(name)
            if waits:
                made = Forecast(name, "depends", previous, None, waits)
            else:
                with rarely():
                    made = await _one(analysis, loaded, session, options, at, previous, tried)
            if made.how in ("run", "depends"):
                moving.add(name)
            found.append(made)
    finally:
        await session.close_engines()
    return found


async def _one(
    analysis: Analysis,
    loaded: Loaded,
    session: Session,
    options: Options,
    at: commit.Changes,
    previous: Manifest | None,
    tried: int,
) -> Forecast:
    inputs = Inputs.open(loaded, session.project.root, session.facts, at.table)
    told = decided(loaded.plan, at)
    now = known(await asyncio.to_thread(known_before, analysis, loaded, inputs, session, options), previous, told)
    if previous is not None and identity.same_data(previous, now):
        made = await forecast(loaded, session, now, inputs, previous, told)
        made.decisions = standing(previous, at)
        made.acceptance = acceptance(previous.counts.kept, previous.counts.attempted, "the version before")
        return made
    commit.fill_journal(session, at, loaded.plan.name)
    lengths = prompts.lengths(analysis, loaded, inputs, now.limit)
    piloted = None
    if tried and loaded.mix is None:
        try:
            piloted = await pilot(loaded, session, inputs, told, now.limit, tried)
        finally:
            await session.close_engines()
    settling = await asyncio.to_thread(settled, session.journal, loaded.plan, at, previous, now)
    held = None
    if loaded.mix is None and not settling.holds(unchanged(loaded.plan, previous)):
        held = await asyncio.to_thread(
            held_calls, session.journal, loaded, at, previous, now, Progress(loaded.plan.name)
        )
    made = await forecast(loaded, session, now, inputs, previous, told, lengths.saw, held, settling)
    await prompts.tell(made, lengths, loaded, session)
    if at.head is not None and previous is not None:
        made.decisions = standing(previous, at)
        made.rates = estimate.rates(session.store, at.head, previous)
        made.acceptance = acceptance(previous.counts.kept, previous.counts.attempted, "the version before")
    if piloted is not None:
        made.rates, made.acceptance = {**made.rates, **piloted.rates}, piloted.acceptance or made.acceptance
    made.engines = tuple(sorted({session.profile.binding(item.role).engine for item in loaded.plan.models}))
    models = session.identities(loaded.plan).values()
    made.seconds = estimate.seconds_per_token(session.journal, models)
    made.busy = estimate.busy(session.journal, models) if not session.profile.workers else 0.0
    return made
