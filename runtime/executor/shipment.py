"""What a worker needs to run a part of a dataset: the project, the program, what the driver knows, and its share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from compiler.plan import DatasetPlan
from runtime.build.decided import Decided
from runtime.config.model import Budget, EngineConfig, Profile
from runtime.config.project import Project
from runtime.engines.protocol import Engine
from runtime.sources.source import Lent
from runtime.store.port import Change, CommitId
from runtime.tables.manifest import Manifest

BOOT = Path("/proc/sys/kernel/random/boot_id")
USUAL = {"llamacpp": 1, "deterministic": 64, "sglang": 128}
GATHER, URGENT = 0.05, 0.002
REPORTS = 500
"""A second, from all workers together: Ray gives a driver about three times as many messages for one core."""
RATES = ("requests_per_minute", "tokens_per_minute")


@dataclass(frozen=True, slots=True)
class Shipment:
    """`head`, `paths` and `made` are what the build's commit will change, as far as it has come.

    `order` nests the axes otherwise than the spec does. `reads` are names that audits and selects want of a candidate;
    None where nobody does. `decides`: a candidate belongs to the tables only when the driver says so. `machine` is
    the driver's: a worker there has the project's journal; any other has its own one, and asks the driver first.
    `previous` is the version before, of which calls are held, and `now` what the new one will say of how it was made;
    `lent` are the inputs, read and checked, where workers are processes of that machine.
    """

    number: int
    workers: int
    project: Project
    profile: Profile
    engine: Engine | None
    plan: DatasetPlan
    text: str
    head: CommitId | None
    paths: Mapping[str, Change]
    made: Mapping[str, Manifest]
    told: Decided
    order: tuple[str, ...] | None
    reads: frozenset[str] | None
    decides: bool
    digests: Mapping[str, str]
    machine: str
    spill: str
    budget: Budget
    previous: Manifest | None
    now: Manifest
    lent: Mapping[str, Lent] | None = None

    @property
    def gather(self) -> float:
        """Seconds for which a report that nobody waits for gathers what there is to tell: the more workers there are,

        the longer, so that the driver hears a bounded number of reports a second.
        """
        return max(GATHER, self.workers / REPORTS)

    @property
    def urgent(self) -> float:
        """The same where somebody waits for an answer."""
        return max(URGENT, self.workers / REPORTS)


def machine() -> str:
    """Tells machines apart: the same for all processes that share a kernel, so that locks on files hold among them."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        import platform

        return platform.node()


def share_of(project: Project, number: int, workers: int) -> Project:
    """The project as worker `number` sees it: its part of every engine's calls in flight, and its servers first."""
    engines = {name: _share(engine, number, workers) for name, engine in project.config.engines.items()}
    return replace(project, config=replace(project.config, engines=engines))


def _share(engine: EngineConfig, number: int, workers: int) -> EngineConfig:
    """Calls in flight are counted by server: who has servers of its own keeps all of theirs."""
    settings: dict[str, Any] = dict(engine.settings)
    urls = settings.get("urls") or ("",)
    if len(urls) > 1:
        settings["urls"] = dealt(urls, number, workers)
    sharing = -(-workers // len(urls))
    settings["concurrency"] = part_of(settings.get("concurrency") or usual(engine), sharing)
    settings |= {rate: settings[rate] / workers for rate in RATES if rate in settings}
    return replace(engine, settings=settings)


def dealt(urls: Sequence[str], number: int, workers: int) -> list[str]:
    """All servers, those that are this worker's first: every worker has one, every server a worker."""
    own = servers_of(urls, number, workers)
    return [*own, *(url for url in urls if url not in own)]


def servers_of(urls: Sequence[str], number: int, workers: int) -> list[str]:
    return list(urls[number::workers]) if len(urls) >= workers else [urls[number % len(urls)]]


def part_of(concurrency: int, workers: int) -> int:
    return max(1, -(-concurrency // workers))


def usual(engine: EngineConfig) -> int:
    """The calls that an engine wants in flight where nothing is said."""
    if engine.kind == "openai":
        from runtime.engines.openai.flavours import FLAVOURS

        return FLAVOURS[engine.settings.get("flavour", "plain")].concurrency
    return USUAL[engine.kind]
