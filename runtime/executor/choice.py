"""An executor's name and `[ray]` in; the executor for one build out: opened when it is needed, closed behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runtime.build.local import Local
from runtime.config.model import Config, ExecutorName, RayConfig
from runtime.executor.port import Cluster, Executor, Work

if TYPE_CHECKING:
    from runtime.build.audits import Gate
    from runtime.build.output import Written


@contextmanager
def executor(name: ExecutorName, config: Config) -> Iterator[Executor]:
    if name == "local":
        yield Local()
        return
    found = OnRay(config.ray)
    try:
        yield found
    finally:
        found.close()


@dataclass
class OnRay:
    """A build with nothing to do never starts a cluster."""

    config: RayConfig
    _cluster: Cluster | None = field(default=None, init=False)

    async def run(self, work: Work) -> tuple[Written, tuple[Gate, ...]]:
        from runtime.executor.cluster import open_cluster
        from runtime.executor.driver import Driver

        if self._cluster is None:
            self._cluster = open_cluster(self.config)
        return await Driver(self._cluster).run(work)

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.close()
