"""A spec in; its datasets run, measured, audited and committed at once, out. Resumes by itself: the journal answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from compiler import plan
from compiler.analysis import Analysis
from compiler.constant import Evaluator
from dsl.diagnostics import Diagnostic
from runtime.allocator import share_one_heap
from runtime.bridge import run, run_in_greenlet
from runtime.build import commit, identity, meanings, mixing, needs, tests
from runtime.build.audits import Gate
from runtime.build.budget import Allowance
from runtime.build.caller import Caller
from runtime.build.candidates import Arrange
from runtime.build.chosen import chosen
from runtime.build.collecting import rarely
from runtime.build.decided import Decided, decided, known, unsettled
from runtime.build.foretell import asked
from runtime.build.inputs import Inputs
from runtime.build.local import Local
from runtime.build.output import Output, Written
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.session import Session
from runtime.config.model import Budget
from runtime.executor.port import Executor, Work
from runtime.judges.examine import enforce as enforce_gold
from runtime.judges.examine import examine
from runtime.judges.report import Report
from runtime.store.port import Commit, CommitId
from runtime.tables.manifest import Manifest

Watch = Callable[[Progress], object]


@dataclass(frozen=True, slots=True)
class Options:
    """`only` names one dataset, and what it is made from; `limit` allows the first so many candidates.

    `audits` is what a failed one does: it fails the build, only warns, or sends the commit to a scratch branch.
    `arrange` takes candidates in the order in which they would be run and gives it another, where none shows: for
    those who measure what the order is worth. `executor` runs the datasets, in this process or elsewhere.
    """

    branch: str
    message: str | None = None
    only: str | None = None
    limit: int | None = None
    audits: Literal["fail", "warn", "scratch"] = "fail"
    budget: Budget = field(default_factory=Budget)
    test: bool = True
    arrange: Arrange = iter
    executor: Executor = field(default_factory=Local)


@dataclass(frozen=True, slots=True)
class Built:
    """One dataset: its manifest, and how it came about: `ran`, `described` (only words changed) or `unchanged`."""

    manifest: Manifest
    how: str
    progress: Progress
    gates: tuple[Gate, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    judges: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Build:
    """`commit` is None when nothing changed. `warnings` are diagnostics that stopped nothing.

    `branch` is where the commit went: the one that was asked for, or its scratch branch when an audit failed.
    """

    datasets: tuple[Built, ...]
    commit: Commit | None
    head: CommitId | None
    branch: str
    warnings: tuple[Diagnostic, ...] = ()


def build(analysis: Analysis, session: Session, options: Options, watch: Watch = lambda progress: None) -> Build:
    """Raises SynthError for mistakes, failed tests and audits, and an engine that does not answer."""
    share_one_heap()
    with rarely():
        return run(_build(analysis, session, options, watch))


async def _build(analysis: Analysis, session: Session, options: Options, watch: Watch) -> Build:
    head = session.store.head(options.branch)
    changes = commit.Changes(session.store, head)
    allowance = Allowance(options.budget)
    built: list[Built] = []
    unfit: dict[str, str] = {}
    skipped: list[Diagnostic] = []
    try:
        datasets = chosen(analysis, options.only)
        needs.enforce(datasets, session)
        meanings.enforce(datasets, session)
        for loaded in datasets:
            blamed = next((unfit[name] for name in loaded.plan.needs if name in unfit), None)
            if blamed is not None:
                unfit[loaded.plan.name] = blamed
                skipped.append(_not_built(loaded.plan.name, blamed))
                continue
            one = await _dataset(analysis, loaded, session, options, changes, watch, allowance)
            built.append(one)
            if options.audits != "warn" and any(not gate.held for gate in one.gates):
                unfit[loaded.plan.name] = loaded.plan.name
    finally:
        await session.close_engines()
    failed = [gate for one in built for gate in one.gates if not gate.held]
    branch = commit.scratch(session.store, options.branch, head) if failed and options.audits == "scratch" else None
    into = branch or options.branch
    made = commit.make(changes, into, options.message, built, session, skipped) if changes else None
    if made is not None:
        commit.remember(session, built)
    left_out = (warning for one in built for warning in one.warnings)
    warnings = (*left_out, *(gate.warned(branch) for gate in failed), *skipped)
    return Build(tuple(built), made, made.id if made else head, into, warnings)


async def _dataset(
    analysis: Analysis,
    loaded: Loaded,
    session: Session,
    options: Options,
    changes: commit.Changes,
    watch: Watch,
    allowance: Allowance,
) -> Built:
    progress = Progress(loaded.plan.name)
    inputs = Inputs.open(loaded, session.project.root, session.facts, changes.table)
    previous = changes.manifest(loaded.plan.name)
    told = decided(loaded.plan, changes)
    now = known(await asyncio.to_thread(known_before, analysis, loaded, inputs, session, options), previous, told)
    if previous is not None and identity.same_data(previous, now):
        return _as_before(analysis, loaded, previous, now, progress, changes)
    if options.test:
        await run_in_greenlet(tests.enforce, analysis, loaded, inputs, session)
    commit.fill_journal(session, changes, loaded.plan.name)
    asked.note(session.journal, loaded.plan)
    judged = await _judges(loaded, inputs, session, progress, allowance)
    gates: tuple[Gate, ...] = ()
    if loaded.mix is not None:
        written = await _mix(loaded.mix, inputs, session, progress, watch, previous, told)
    else:
        work = Work(loaded, inputs, session, options, progress, watch, allowance, previous, now, told, changes)
        written, gates = await options.executor.run(work)
    failed = tuple(gate.title.removeprefix("audit ") for gate in gates if not gate.held)
    manifest = replace(commit.manifest(now, inputs, written, changes, loaded), failed=failed)
    changes.add(loaded, analysis, manifest, written)
    left_out = tuple(warning for source in inputs.sources.values() for warning in source.warnings)
    return Built(manifest, "ran", progress, gates, (*left_out, *unsettled(manifest, changes)), judged)


async def _judges(
    loaded: Loaded, inputs: Inputs, session: Session, progress: Progress, allowance: Allowance
) -> tuple[Report, ...]:
    """Each judge's own cases, before anything else is asked."""
    if not inputs.gold:
        return ()
    roles = session.roles(loaded.plan, lambda sender: Caller(sender, session.journal, progress, allowance))
    reports = await examine(loaded, inputs, roles)
    enforce_gold(reports)
    return tuple(reports)


def known_before(analysis: Analysis, loaded: Loaded, inputs: Inputs, session: Session, options: Options) -> Manifest:
    """What the manifest will say of how the rows were made. A limit is of candidates, which a mix has none of."""
    model = analysis.model
    evaluator = Evaluator(model.symbols, model.values, commit.NO_FILES)
    models = session.identities(loaded.plan) | meanings.identities(session, loaded.plan)
    limit = options.limit if loaded.mix is None else None
    return identity.before_running(loaded, inputs, models, model.params, limit, evaluator)


def _as_before(
    analysis: Analysis,
    loaded: Loaded,
    previous: Manifest,
    now: Manifest,
    progress: Progress,
    changes: commit.Changes,
) -> Built:
    """Nothing that can change a row differs: at most the words of the spec are committed anew."""
    if previous.fingerprints.description == now.fingerprints.description:
        return Built(previous, "unchanged", progress, warnings=unsettled(previous, changes))
    manifest = identity.described_anew(previous, now)
    changes.add(loaded, analysis, manifest, None)
    return Built(manifest, "described", progress, warnings=unsettled(manifest, changes))


async def _mix(
    mix: plan.MixPlan,
    inputs: Inputs,
    session: Session,
    progress: Progress,
    watch: Watch,
    previous: Manifest | None,
    told: Decided,
) -> Written:
    with Output(mix.dataset, session.store.put, previous) as output:
        watch(progress)
        await asyncio.to_thread(mixing.run, mix, inputs, output, progress, told)
        return await asyncio.to_thread(output.finish)


def _not_built(name: str, blamed: str) -> Diagnostic:
    return Diagnostic(
        "W0902",
        f"`{name}` was not built: an audit of `{blamed}` failed, and its rows are made from them",
        help=f"`synth why {blamed}` says why rows are missing",
    )
