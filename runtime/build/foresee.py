"""A spec and a version in; what a build would do to each of its datasets, found without one model call, out.

What is made from rows that do not exist yet cannot be foreseen, and is said to depend on them.
"""

from __future__ import annotations

import asyncio

from compiler.analysis import Analysis
from runtime.build import commit, estimate, needs, prompts
from runtime.build.build import Options, known_before
from runtime.build.chosen import chosen
from runtime.build.decided import decided, known, standing
from runtime.build.dry import Forecast, forecast
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.store.port import CommitId
from runtime.tables.manifest import Manifest


async def foresee(analysis: Analysis, session: Session, options: Options, against: CommitId | None) -> list[Forecast]:
    """What `build` would do to the version at `against`; makes no model call and writes nothing."""
    at = commit.Changes(session.store, against)
    moving: set[str] = set()
    found = []
    datasets = chosen(analysis, options.only)
    needs.enforce(datasets, session)
    for loaded in datasets:
        name = loaded.plan.name
        waits = tuple(need for need in loaded.plan.needs if need in moving)
        previous = at.manifest(name)
        if waits:
            made = Forecast(name, "depends", previous, None, waits)
        else:
            made = await _one(analysis, loaded, session, options, at, previous)
        if made.how in ("run", "depends"):
            moving.add(name)
        found.append(made)
    return found


async def _one(
    analysis: Analysis,
    loaded: Loaded,
    session: Session,
    options: Options,
    at: commit.Changes,
    previous: Manifest | None,
) -> Forecast:
    inputs = Inputs.open(loaded, session.project.root, session.facts, at.table)
    told = decided(loaded.plan, at)
    now = known(await asyncio.to_thread(known_before, analysis, loaded, inputs, session, options), previous, told)
    commit.fill_journal(session, at, loaded.plan.name)
    lengths = prompts.lengths(analysis, loaded, inputs, now.limit)
    made = await forecast(loaded, session, now, inputs, previous, told, lengths.saw)
    await prompts.tell(made, lengths, loaded, session)
    if at.head is not None and previous is not None:
        made.decisions = standing(previous, at)
        made.tokens = estimate.tokens_per_call(session.store, at.head, previous)
    made.seconds = estimate.seconds_per_token(session.journal, session.identities(loaded.plan).values())
    return made
