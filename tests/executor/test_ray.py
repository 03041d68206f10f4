"""A real Ray cluster of this machine: the commit of one machine with one worker, two, and one of them killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.config.model import RayConfig
from runtime.executor.cluster import RayCluster, open_cluster
from runtime.executor.driver import Driver
from tests.acceptance.workshop import Workshop
from tests.executor.content import content
from tests.executor.noted import Log
from tests.executor.specs import EVERY, SPECS, inputs


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    found = open_cluster(RayConfig(workers=2))
    yield found
    found.close()


def project(folder: Path, name: str) -> tuple[Workshop, Log]:
    work = Workshop(folder / name).write(SPECS[name], {}, **inputs())
    return work, Log(folder / f"{name}.log")


@pytest.mark.parametrize("name", ["dedup", "target"])
def test_one_worker_two_workers_and_one_killed_make_the_commit_of_one_machine(
    tmp_path: Path, cluster: RayCluster, name: str
) -> None:
    alone, calls = project(tmp_path / "alone", name)
    alone.build(calls.engine())
    for workers in (1, 2):
        spread, noted = project(tmp_path / f"{workers}", name)
        spread.build(noted.engine(), executor=Driver(replace(cluster, workers=workers)))
        assert content(spread) == content(alone)
        if name in EVERY:
            assert Counter(noted.lines("ask")).total() == len(calls.lines("ask"))
    hurt, noted = project(tmp_path / "hurt", name)
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(noted.kill_one, 30)
        hurt.build(noted.engine(), executor=Driver(cluster))
    assert content(hurt) == content(alone)
    hurt.check_whole()
    check_calls(noted, killed.result())


def check_calls(noted: Log, killed: int) -> None:
    """None was made twice but those that the killed worker had under way."""
    got = {call for process, call in noted.lines("got") if process == killed}
    under_way = {call for process, call in noted.lines("ask") if process == killed} - got
    asked = Counter(call for _, call in noted.lines("ask"))
    assert {call for call, times in asked.items() if times > 1} <= under_way | last_of(noted, killed)


def last_of(noted: Log, killed: int) -> set[str]:
    """What came back in its last moment: the journal's writer may not have had it yet."""
    return {call for process, call in noted.lines("got") if process == killed}.intersection(
        [call for process, call in noted.lines("got") if process == killed][-16:]
    )
