"""An executor's name, its workers and `[ray]` in; the executor of one build out, opened when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from runtime.build import plainly
from runtime.build.candidates import count
from runtime.build.local import Local
from runtime.config.model import Config, ExecutorName
from runtime.executor.port import Cluster, Executor, Work

if TYPE_CHECKING:
    from runtime.build.audits import Gate
    from runtime.build.output import Written

FEW = 200
"""Candidates that are done before processes have begun."""


@contextmanager
def executor(name: ExecutorName, config: Config, workers: int | None = None) -> Iterator[Executor]:
    """`workers` are the processes that make the rows; None is the build's own, or what `[ray]` says."""
    if name == "local" and (workers or 1) == 1:
        yield Local()
        return
    found = OnCluster(lambda: _ray(config, workers)) if name == "ray" else OnProcesses(lambda: _processes(workers))
    try:
        yield found
    finally:
        found.close()


@dataclass
class OnCluster:
    """A build with nothing to do never starts a cluster."""

    open: Callable[[], Cluster]
    _cluster: Cluster | None = field(default=None, init=False)

    async def run(self, work: Work) -> tuple[Written, tuple[Gate, ...]]:
        from runtime.executor.driver import Driver

        if self._cluster is None:
            self._cluster = self.open()
        return await Driver(self._cluster).run(work)

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.close()


class OnProcesses(OnCluster):
    """Processes of this machine, where a dataset gains by them; else the build's own."""

    async def run(self, work: Work) -> tuple[Written, tuple[Gate, ...]]:
        return await (super().run(work) if gains(work) else Local().run(work))


def gains(work: Work) -> bool:
    """Whether several processes make the dataset's rows in less time than one.

    Not those of a few candidates, before as many processes are there; not where no candidate waits for anything, whose
    draws are made together; and not by the embedded engine, which is in the process and has all processors already.
    """
    dataset, profile, config = work.loaded.plan, work.session.profile, work.session.project.config
    if plainly.suits(dataset):
        return False
    if any(config.engine(profile.binding(item.role)).kind == "llamacpp" for item in dataset.models):
        return False
    candidates = [*filter(None, (count(work.inputs.axes(work.loaded)), work.options.limit))]
    return not candidates or min(candidates) >= FEW


def _ray(config: Config, workers: int | None) -> Cluster:
    from runtime.executor.cluster import open_cluster

    return open_cluster(replace(config.ray, workers=workers or config.ray.workers))


def _processes(workers: int | None) -> Cluster:
    from runtime.executor.processes import ProcessCluster

    return ProcessCluster(workers or 1)
