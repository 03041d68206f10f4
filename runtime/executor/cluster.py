"""`[ray]` in; a Ray cluster with workers of ours out: one that runs, or one started on this machine and ended with it.

Ray is imported here and nowhere else. It reports nothing to anybody, shows no dashboard, and one of our own listens on
loopback alone and wants a token that nobody else knows.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config.model import RayConfig
from runtime.executor.messages import Hello, Orders, Report
from runtime.executor.port import Lost
from runtime.executor.reduction import Range, Reduced
from runtime.executor.scratch import scratch
from runtime.executor.shipment import Shipment

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}
"""Of a cluster of our own: Ray takes 127.0.0.1 for its address only where it believes that machines are no clusters."""
STORE_BYTES = 256 * 1024 * 1024
"""Shared memory of a cluster of our own: rows on their way from who made them to who cuts them."""
KNOCK = 5.0
"""Seconds for which a cluster may keep silent before it is taken for absent."""
LOCAL_WORKERS = 8
"""At most so many on one machine where nothing is said: they share its journal."""


class RayLink:
    """A worker in a process of Ray's, which goes back to `idle` when it is done."""

    def __init__(self, actor: Any, idle: list[Any]) -> None:
        self._actor, self._idle = actor, idle

    async def begin(self, shipment: Shipment) -> Hello:
        hello: Hello = await _answered(self._actor.begin.remote(shipment))
        return hello

    def tell(self, orders: Orders) -> None:
        self._actor.tell.remote(orders)

    async def hear(self) -> Report:
        report: Report = await _answered(self._actor.hear.remote())
        return report

    async def part(self, paths: Sequence[str], range_: Range) -> Any:
        """A reference: the rows go from there to the one who cuts them, and not through the driver."""
        return self._actor.part.remote(list(paths), range_)

    async def reduce(self, range_: Range, parts: Sequence[Any]) -> Reduced:
        reduced: Reduced = await _answered(self._actor.reduce.remote(range_, *parts))
        return reduced

    async def end(self, made: bool) -> None:
        try:
            await _answered(self._actor.end.remote(made))
        except Lost:
            return
        self._idle.append(self._actor)


@dataclass
class RayCluster:
    """Made by `open_cluster`. `folder` is that of a cluster of our own. `idle` processes have no dataset now.

    `owned`: the connection is ours to end; a program that was on a cluster already stays on it.
    """

    workers: int
    folder: str | None = None
    idle: list[Any] = field(default_factory=list)
    owned: bool = False

    @property
    def near(self) -> bool:
        return self.folder is not None

    async def start(self, number: int) -> RayLink:
        if self.idle:
            return RayLink(self.idle.pop(), self.idle)
        import ray

        from runtime.executor.host import Host

        remote: Any = ray.remote
        actor = remote(num_cpus=0 if self.folder else 1, max_restarts=0, max_concurrency=64)(Host)
        return RayLink(actor.remote(), self.idle)

    def close(self) -> None:
        import ray

        for actor in self.idle:
            ray.kill(actor)
        if self.owned:
            ray.shutdown()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def open_cluster(config: RayConfig) -> RayCluster:
    """E0960 where Ray is not installed, E0961 where the cluster cannot be reached or started."""
    os.environ.update(QUIET)
    if config.address is None and "ray" not in sys.modules:  # Ray reads these when it is imported, and never again
        os.environ.update(ALONE)
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    try:
        import ray
    except ImportError as error:
        raise SynthError(_not_installed()) from error
    try:
        if ray.is_initialized():
            return RayCluster(config.workers or _processors(ray))
        return _joined(ray, config) if config.address else _started(ray, config)
    except (ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
        raise SynthError(_unreachable(config.address, error)) from error


def _started(ray: Any, config: RayConfig) -> RayCluster:
    workers = config.workers or min(LOCAL_WORKERS, os.cpu_count() or 1)
    folder = str(scratch("ray"))
    with _own_signals():
        ray.init(
            num_cpus=workers,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            object_store_memory=STORE_BYTES,
            _temp_dir=folder,
        )
    return RayCluster(workers, folder, owned=True)


def _joined(ray: Any, config: RayConfig) -> RayCluster:
    _knock(config.address or "")
    with _own_signals():
        ray.init(address=config.address, log_to_driver=False, logging_level=logging.ERROR)
    return RayCluster(config.workers or _processors(ray), owned=True)


def _knock(address: str) -> None:
    """Ray waits for a minute where nobody listens, and then ends the process."""
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return  # `auto` is looked up by Ray, which says at once what it finds
    with socket.create_connection((host.strip("[]"), int(port)), KNOCK):
        pass


def _processors(ray: Any) -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


@contextmanager
def _own_signals() -> Iterator[None]:
    """Ray takes SIGTERM for itself; a build stops as it does without Ray."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _answered(reference: Awaitable[Any]) -> Any:
    """What an actor answers; `Lost` where there is none any more."""
    from ray.exceptions import ActorDiedError, ActorUnavailableError, ObjectLostError, RayTaskError

    try:
        return await reference
    except (ActorDiedError, ActorUnavailableError, ObjectLostError) as error:
        raise Lost(str(error).strip().splitlines()[0]) from error
    except RayTaskError as error:
        raise _cause(error) from error


def _cause(error: Exception) -> Exception:
    """A user's mistake is one here, too."""
    from runtime.executor.host import Mistakes

    cause = getattr(error, "cause", None)
    return SynthError(*cause.diagnostics) if isinstance(cause, Mistakes) else error


def _not_installed() -> Diagnostic:
    return Diagnostic(
        "E0960",
        "Ray is not installed, and `--executor ray` needs it",
        help="`pip install 'PATH/TO/synth[ray]'`, or leave `--executor` out: one machine runs the same program",
    )


def _unreachable(address: str | None, error: BaseException) -> Diagnostic:
    told = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    what = f"the Ray cluster at `{address}` cannot be reached" if address else "no Ray cluster can be started here"
    return Diagnostic(
        "E0961",
        what,
        notes=(f"Ray says: {told}",),
        help="see that it runs, with the same versions of Ray and Python; nothing was asked of a model yet",
    )
