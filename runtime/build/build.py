"""A spec in; its datasets run, measured, audited and committed at once, out. Resumes by itself: the journal answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from compiler.analysis import Analysis
from compiler.constant import Evaluator
from dsl.diagnostics import Diagnostic
from runtime.bridge import run
from runtime.build import commit, estimate, identity, tests
from runtime.build.audits import Gate, audit, enforce
from runtime.build.budget import Allowance
from runtime.build.caller import Caller
from runtime.build.dry import Forecast, forecast
from runtime.build.inputs import Inputs
from runtime.build.output import Output, Written
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.result import Result
from runtime.build.run import WINDOW, Job
from runtime.build.session import Session
from runtime.config.model import Budget
from runtime.program.outcome import Kept, Rejected
from runtime.query.catalog import manifest_at
from runtime.store.port import Commit, CommitId
from runtime.tables.manifest import Manifest

Watch = Callable[[Progress], object]


@dataclass(frozen=True, slots=True)
class Options:
    """`only` names one dataset; `limit` allows the first so many candidates.

    `audits` is what a failed one does: it fails the build, only warns, or sends the commit to a scratch branch.
    """

    branch: str
    message: str | None = None
    only: str | None = None
    limit: int | None = None
    audits: Literal["fail", "warn", "scratch"] = "fail"
    budget: Budget = field(default_factory=Budget)
    test: bool = True


@dataclass(frozen=True, slots=True)
class Built:
    """One dataset: its manifest, and how it came about: `ran`, `described` (only words changed) or `unchanged`."""

    manifest: Manifest
    how: str
    progress: Progress
    gates: tuple[Gate, ...] = ()


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
    return run(_build(analysis, session, options, watch))


async def _build(analysis: Analysis, session: Session, options: Options, watch: Watch) -> Build:
    head = session.store.head(options.branch)
    changes = commit.Changes(session.store, head)
    built = []
    try:
        for loaded in chosen(analysis, options.only):
            one = await _dataset(analysis, loaded, session, options, changes, watch)
            built.append(one)
    finally:
        await session.close_engines()
    failed = [gate for one in built for gate in one.gates if not gate.held]
    branch = commit.scratch(session.store, options.branch, head) if failed and options.audits == "scratch" else None
    made = commit.make(changes, branch or options.branch, options.message, built, session) if changes else None
    if made is not None:
        commit.remember(session, built)
    warnings = tuple(gate.warned(branch) for gate in failed)
    return Build(tuple(built), made, made.id if made else head, branch or options.branch, warnings)


def chosen(analysis: Analysis, only: str | None) -> list[Loaded]:
    """The datasets to build, in the plan's order, with their programs loaded."""
    plans = analysis.model.plan.datasets if analysis.model.plan else ()
    found = [item for item in plans if only in (None, item.name)]
    if not found:
        raise commit.no_dataset(only, [item.name for item in plans])
    return [Loaded(item, analysis.model.programs[item.name]) for item in found]


async def foresee(analysis: Analysis, session: Session, options: Options, against: CommitId | None) -> list[Forecast]:
    """What `build` would do to the version at `against`; makes no model call and writes nothing."""
    found = []
    for loaded in chosen(analysis, options.only):
        inputs = Inputs.open(loaded, session.project.root, session.facts)
        previous = manifest_at(session.store, against, loaded.plan.name)
        now = await asyncio.to_thread(_identity, analysis, loaded, inputs, session, options)
        commit.fill_journal(session, commit.Changes(session.store, against), loaded.plan.name)
        made = await forecast(loaded, session, now, inputs, previous)
        if against is not None and previous is not None:
            made.tokens = estimate.tokens_per_call(session.store, against, previous)
        made.seconds = estimate.seconds_per_token(session.journal, now.models.values())
        found.append(made)
    return found


async def _dataset(
    analysis: Analysis,
    loaded: Loaded,
    session: Session,
    options: Options,
    changes: commit.Changes,
    watch: Watch,
) -> Built:
    progress = Progress(loaded.plan.name)
    inputs = Inputs.open(loaded, session.project.root, session.facts)
    previous = changes.manifest(loaded.plan.name)
    now = await asyncio.to_thread(_identity, analysis, loaded, inputs, session, options)
    if previous is not None and identity.same_data(previous, now):
        return _as_before(analysis, loaded, previous, now, progress, changes)
    if options.test:
        tests.enforce(analysis, loaded, inputs, session)
    commit.fill_journal(session, changes, loaded.plan.name)
    written, gates = await _run(loaded, inputs, session, options, progress, watch, changes, previous)
    manifest = commit.manifest(now, inputs, written, changes, loaded)
    changes.add(loaded, analysis, manifest, written)
    return Built(manifest, "ran", progress, gates)


def _identity(analysis: Analysis, loaded: Loaded, inputs: Inputs, session: Session, options: Options) -> Manifest:
    model = analysis.model
    evaluator = Evaluator(model.symbols, model.values, commit.NO_FILES)
    models = session.identities(loaded.plan)
    return identity.before_running(loaded, inputs, models, model.params, options.limit, evaluator)


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
        return Built(previous, "unchanged", progress)
    manifest = identity.described_anew(previous, now)
    changes.add(loaded, analysis, manifest, None)
    return Built(manifest, "described", progress)


async def _run(
    loaded: Loaded,
    inputs: Inputs,
    session: Session,
    options: Options,
    progress: Progress,
    watch: Watch,
    changes: commit.Changes,
    previous: Manifest | None,
) -> tuple[Written, tuple[Gate, ...]]:
    allowance = Allowance(options.budget)
    roles = dict(session.roles(loaded.plan, lambda engine: Caller(engine, session.journal, progress, allowance)))
    job = Job(loaded, inputs, roles, progress, WINDOW * session.concurrency(loaded.plan), options.limit)
    result = Result(loaded.plan.name, audit_reads(loaded))
    with Output(loaded.plan, session.store.put, previous) as output:
        watch(progress)
        start = time.monotonic()
        for key, rejected in inputs.rejected(loaded):
            output.reject_input(key, rejected)
        async for row, outcome in job.outcomes():
            assert isinstance(outcome, Kept | Rejected)
            if isinstance(outcome, Kept):
                result.add(row.key, outcome, row.values)
            output.add(row.key, outcome, row.events)
        estimate.remember(session.journal, session.identities(loaded.plan).values(), progress, time.monotonic() - start)
        result.kept, result.attempted = output.kept, output.attempted
        gates = audit(loaded, result)
        enforce(gates, options.audits)
        session.journal.sync()
        return await asyncio.to_thread(output.finish), gates


def audit_reads(loaded: Loaded) -> frozenset[str]:
    """Names that the audits mention; nothing else is kept of a row once it is written."""
    from compiler import plan
    from dsl import tree

    nodes = [node for step in loaded.plan.of(plan.Audit) for node in tree.walk(step.condition)]
    refs = {node.name for node in nodes if isinstance(node, tree.Ref)}
    return frozenset(refs | {node.name.text for node in nodes if isinstance(node, tree.Attr)})
