"""Real processes of this machine: the commit of one process with any number of workers, and with one of them killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.executor.driver import Driver
from runtime.executor.processes import ProcessCluster
from tests.acceptance.workshop import Workshop
from tests.executor.content import content
from tests.executor.noted import Log
from tests.executor.specs import EVERY, SPECS, inputs


@pytest.fixture(scope="module")
def cluster() -> Iterator[ProcessCluster]:
    found = ProcessCluster(2)
    yield found
    found.close()


def project(folder: Path, name: str) -> tuple[Workshop, Log]:
    work = Workshop(folder / name).write(SPECS[name], {}, **inputs())
    return work, Log(folder / f"{name}.log")


@pytest.mark.parametrize("name", ["dedup", "target"])
def test_any_number_of_workers_and_one_killed_make_the_commit_of_one_process(
    tmp_path: Path, cluster: ProcessCluster, name: str
) -> None:
    alone, calls = project(tmp_path / "alone", name)
    alone.build(calls.engine())
    for workers in (1, 2, 3):
        spread, noted = project(tmp_path / f"{workers}", name)
        cluster.workers = workers
        spread.build(noted.engine(), executor=Driver(cluster))
        assert content(spread) == content(alone)
        assert len({process for process, _ in noted.lines("ask")}) <= workers
        if name in EVERY:
            assert Counter(noted.lines("ask")).total() == len(calls.lines("ask"))
    cluster.workers = 2
    hurt, noted = project(tmp_path / "hurt", name)
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(noted.kill_one, 30)
        hurt.build(noted.engine(), executor=Driver(cluster))
    assert killed.result() in {process for process, _ in noted.lines("ask")}
    assert content(hurt) == content(alone)
    hurt.check_whole()
