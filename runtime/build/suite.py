"""A compiled spec in; its tests run, compared with their snapshots and told one after another, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from compiler.analysis import Analysis
from compiler.testing import Test
from dsl.diagnostics import Diagnostic
from runtime import bridge
from runtime.build import answering
from runtime.build.answering import Answering
from runtime.build.changes import tables_at
from runtime.build.chosen import chosen
from runtime.build.inputs import Inputs
from runtime.build.session import Session
from runtime.build.snapshots import Snapshots, text_of
from runtime.build.testing import Verdict
from runtime.build.tests import Bench, Chosen

Snapshot = Literal["same", "differs", "missing", "written"]


@dataclass(frozen=True, slots=True)
class Spent:
    """`made` calls reached an engine, `reused` ones the journal answered; `tokens` are of those made."""

    made: int = 0
    reused: int = 0
    tokens: int = 0

    def since(self, before: Spent) -> Spent:
        return Spent(self.made - before.made, self.reused - before.reused, self.tokens - before.tokens)


@dataclass(frozen=True, slots=True)
class Result:
    """`failures` are the verdict's, and that of its snapshot; `snapshot` is None where none is compared or written."""

    verdict: Verdict
    failures: tuple[Diagnostic, ...]
    snapshot: Snapshot | None
    spent: Spent


Told = Callable[[Result], None]


@dataclass
class Suite:
    """`live` asks the engines for what is not mocked; `update` writes snapshots instead of comparing with them."""

    analysis: Analysis
    session: Session
    branch: str
    live: bool = False
    update: bool = False
    verdicts: list[Verdict] = field(default_factory=list)

    @cached_property
    def answering(self) -> Answering | None:
        return answering.engines(self.session) if self.live else None

    @cached_property
    def benches(self) -> list[Bench]:
        """One for each dataset that has tests; what the others read is not looked at."""
        if self.analysis.model.plan is None or not self.analysis.model.plan.datasets:
            return []
        tables = tables_at(self.session, self.session.profile.branch or self.branch)
        root, facts = self.session.project.root, self.session.facts
        return [
            Bench(self.analysis, loaded, Inputs.open(loaded, root, facts, tables), self.session, self.answering)
            for loaded in chosen(self.analysis, None)
            if loaded.plan.tests
        ]

    @cached_property
    def tests(self) -> list[Test]:
        return [test for bench in self.benches for test in bench.tests()]

    @cached_property
    def snapshots(self) -> Snapshots:
        return Snapshots.of(self.session.project.root, self.analysis.model.root, self.tests)

    def run(self, chosen: Chosen, told: Told) -> None:
        """Tells each test's result when it is there."""
        if self.live:
            bridge.run(self._asking(chosen, told))
        else:
            self._run(chosen, told)

    async def _asking(self, chosen: Chosen, told: Told) -> None:
        try:
            await bridge.run_in_greenlet(self._run, chosen, told)
        finally:
            await self.session.close_engines()

    def _run(self, chosen: Chosen, told: Told) -> None:
        reads = self.update or self.snapshots.kept
        for bench in self.benches:
            before = self.spent
            for verdict in replace(bench, prompts=reads).run(chosen):
                self.verdicts.append(verdict)
                told(self._result(verdict, self.spent.since(before)))
                before = self.spent

    def _result(self, verdict: Verdict, spent: Spent) -> Result:
        """A test that failed may not have come to all its prompts: its snapshot is left alone."""
        if verdict.failures or text_of(verdict) is None:
            return Result(verdict, verdict.failures, None, spent)
        found = self.snapshots.difference(verdict)
        if found is None:
            return Result(verdict, (), "same", spent)
        if self.update:
            self.snapshots.write(verdict)
            return Result(verdict, (), "written", spent)
        return Result(verdict, (found,), "missing" if self.snapshots.lacks(verdict) else "differs", spent)

    @property
    def spent(self) -> Spent:
        if self.answering is None:
            return Spent()
        progress = self.answering.progress
        return Spent(progress.fresh, progress.reused, progress.tokens)

    def stale(self) -> Sequence[str]:
        """Snapshots that belong to no test, once all of them have run."""
        return self.snapshots.stale(self.verdicts)
