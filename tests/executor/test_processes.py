"""Real processes of this machine: the commit of one process with any number of workers, and with one of them killed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.config.project import Project
from runtime.executor import processes
from runtime.executor.choice import executor
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


@pytest.mark.parametrize(("name", "numbers"), [("dedup", (1, 2, 3)), ("target", (2,))])
def test_any_number_of_workers_and_one_killed_make_the_commit_of_one_process(
    tmp_path: Path, cluster: ProcessCluster, name: str, numbers: tuple[int, ...]
) -> None:
    alone, calls = project(tmp_path / "alone", name)
    alone.build(calls.engine())
    for workers in numbers:
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


def test_a_nursery_that_was_killed_is_followed_by_another(tmp_path: Path, cluster: ProcessCluster) -> None:
    work, noted = project(tmp_path, "plain")
    work.build(noted.engine(), executor=Driver(cluster))
    assert cluster._nursery is not None
    cluster._nursery.kill()
    cluster._nursery.wait()
    work.edit("You answer from the text.", "You answer from this text.")
    before = len(noted.lines("ask"))
    work.build(noted.engine(), executor=Driver(cluster))
    assert len(noted.lines("ask")) > before


def test_workers_that_cannot_begin_are_told_with_what_they_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "START", "raise SystemExit('no room for another process')")
    cluster = ProcessCluster(2)
    work, noted = project(tmp_path, "plain")
    with pytest.raises(SynthError) as told:
        work.build(noted.engine(), executor=Driver(cluster))
    cluster.close()
    [found] = told.value.diagnostics
    assert found.code == "E0965"
    assert any("no room for another process" in note for note in found.notes)


DRAWN = """edition 1
dataset numbers {
  each take in 1..2000
  draw size ~ int(1..9)
  emit { size = size }
}
"""


@pytest.mark.parametrize(
    ("spec", "pages", "kind", "spread"),
    [
        (SPECS["plain"], 101, "deterministic", True),
        (SPECS["plain"], 30, "deterministic", False),
        (SPECS["plain"], 101, "llamacpp", False),
        (DRAWN, 1, "deterministic", False),
    ],
    ids=["many candidates", "few candidates", "the embedded engine", "no calls"],
)
def test_processes_are_started_where_they_are_of_use(
    tmp_path: Path, spec: str, pages: int, kind: str, spread: bool
) -> None:
    work = Workshop(tmp_path / "work").write(spec, {}, **inputs(pages))
    config = tmp_path / "work/synth.toml"
    config.write_text(config.read_text().replace("deterministic", kind))
    noted = Log(tmp_path / "calls.log")
    with executor("local", Project.find(work.root).config, 2) as found:
        work.build(replace(noted.engine(), delay=0.0, jitter=0.0), executor=found)
    asking = {process for process, _ in noted.lines("ask")}
    assert spread == bool(asking - {os.getpid()})
    assert len(asking) == (2 if spread else 0 if spec == DRAWN else 1)
