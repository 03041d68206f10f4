"""What stands in the way of a build by several workers is told as a message with a way out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.config.model import RayConfig
from runtime.config.project import load_config
from runtime.executor.cluster import open_cluster
from runtime.executor.driver import Driver
from runtime.executor.port import Lost
from runtime.executor.reduction import Range, Reduced
from tests.acceptance.workshop import Workshop
from tests.executor.content import content
from tests.executor.inline import InlineCluster, InlineLink
from tests.executor.specs import SPECS, inputs


def codes(error: SynthError) -> list[str]:
    return [found.code for found in error.diagnostics]


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SynthError) as told:
        open_cluster(RayConfig())
    assert codes(told.value) == ["E0960"]
    assert "PATH/TO/synth[ray]" in str(told.value.diagnostics[0].help)


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(SynthError) as told:
        open_cluster(RayConfig(address="127.0.0.1:1"))
    assert codes(told.value) == ["E0961"]
    assert "127.0.0.1:1" in told.value.diagnostics[0].message


def test_a_worker_that_reads_other_files_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    class Elsewhere(InlineCluster):
        async def start(self, number: int) -> InlineLink:
            (work.root / "pages.jsonl").write_text('{"id": "other", "text": "another page"}\n')
            return await super().start(number)

    work = Workshop(tmp_path / "work").write(SPECS["plain"], {}, **inputs())
    with pytest.raises(SynthError) as told:
        work.build(executor=Driver(Elsewhere()))
    assert codes(told.value) == ["E0963"]
    assert work.answered() == set()


def test_a_worker_that_is_lost_while_it_cuts_shards_stops_the_build_and_the_next_one_asks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(self: InlineLink, paths: object, range_: object) -> object:
        raise Lost("the machine is gone")

    work = Workshop(tmp_path / "work").write(SPECS["plain"], {}, **inputs())
    with monkeypatch.context() as patched, pytest.raises(SynthError) as told:
        patched.setattr(InlineLink, "part", lost)
        work.build(executor=Driver(InlineCluster()))
    assert codes(told.value) == ["E0964"]
    built = work.build(executor=Driver(InlineCluster())).datasets[0]
    assert built.progress.fresh == 0


@pytest.mark.parametrize(("dead", "near"), [(1, False), (3, True)], ids=["one", "all, on this machine"])
def test_who_is_lost_while_cutting_shards_leaves_them_to_who_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: int, near: bool
) -> None:
    """The other workers, and where there are none, the build's own process, on whose disk the rows are."""
    lost, reduce = list[InlineLink](), InlineLink.reduce

    async def killed(self: InlineLink, range_: Range, parts: Sequence[Any]) -> Reduced:
        if len(lost) < dead and self not in lost:
            lost.append(self)
            await self.kill()
        return await reduce(self, range_, parts)

    works = [Workshop(tmp_path / name).write(SPECS["plain"], {}, **inputs()) for name in ("alone", "spread")]
    works[0].build()
    monkeypatch.setattr(InlineLink, "reduce", killed)
    works[1].build(executor=Driver(InlineCluster(3, near=near)))
    assert len(lost) == dead
    assert content(works[1]) == content(works[0])


def test_a_mistake_in_a_worker_is_told_as_it_is_without_workers(tmp_path: Path) -> None:
    """Two rows of one key, which only those find who cut the shards."""
    spec = SPECS["plain"].replace("  each take in 1..2\n", "  each take in 1..2\n  key = [take]\n")
    work = Workshop(tmp_path / "work").write(spec, {}, **inputs())
    with pytest.raises(SynthError) as alone:
        work.build()
    with pytest.raises(SynthError) as spread:
        work.build(executor=Driver(InlineCluster()))
    assert codes(alone.value) == codes(spread.value) == ["E1013"]
    assert alone.value.diagnostics[0].span == spread.value.diagnostics[0].span


def test_a_bug_in_a_worker_comes_out_with_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime.executor.part import Part

    def broken(self: Part, candidate: object) -> object:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Part, "end", broken)
    work = Workshop(tmp_path / "work").write(SPECS["plain"], {}, **inputs())
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a bug"):
        work.build(executor=Driver(InlineCluster()))


def test_where_a_build_runs_stands_in_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "synth.toml"
    file.write_text('[ray]\naddress = "auto"\nworkers = 4\n[profile.gpus]\nexecutor = "ray"\n')
    config = load_config(file)
    assert config.ray == RayConfig("auto", 4)
    assert (config.profile().executor, config.profile("gpus").executor) == ("local", "ray")
    file.write_text('[ray]\nworkers = 0\nwokers = 4\n[profile.gpus]\nexecutor = "rey"\n')
    with pytest.raises(SynthError) as told:
        load_config(file)
    assert sorted(codes(told.value)) == ["E0702", "E0703", "E0703"]
