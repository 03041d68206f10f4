"""Any processes of a build but its own are killed at any moment, the nursery too: the commit is that of one process."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import pytest

from runtime.executor.driver import Driver
from runtime.executor.processes import ProcessCluster
from tests.acceptance.workshop import Workshop
from tests.executor.content import Files, content
from tests.executor.noted import Log
from tests.executor.specs import SPECS, inputs
from tests.executor.test_ended import descendants

BUILDS = 30


def killing(times: int, every: float, over: Event, chance: random.Random) -> None:
    while times and not over.wait(every):
        times -= 1
        if found := sorted(descendants(os.getpid())):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)


@pytest.mark.soak
@pytest.mark.parametrize("build", range(BUILDS))
def test_whatever_is_killed_whenever_it_is_killed(tmp_path: Path, build: int) -> None:
    chance = random.Random(build)
    name = sorted(SPECS)[build % len(SPECS)]
    work = Workshop(tmp_path / "work").write(SPECS[name], {}, **inputs())
    cluster, over = ProcessCluster(chance.choice([1, 2, 3, 6])), Event()
    killer = Thread(target=killing, args=(chance.choice([1, 2]), chance.uniform(0.1, 2.5), over, chance))
    killer.start()
    try:
        work.build(Log(tmp_path / "calls.log").engine(), executor=Driver(cluster))
    finally:
        over.set()
        killer.join()
        cluster.close()
    assert content(work) == alone(name)
    assert not descendants(os.getpid())


@cache
def alone(name: str) -> Files:
    with TemporaryDirectory() as folder:
        work = Workshop(Path(folder) / name).write(SPECS[name], {}, **inputs())
        work.build()
        return content(work)
