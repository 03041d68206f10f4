"""Rows made by several workers are those of one machine, to the byte, whoever of them is lost in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl.diagnostics import SynthError
from runtime.build.build import Built
from runtime.build.recorded import RecordedGens
from runtime.config.model import Budget
from runtime.engines.deterministic import DeterministicEngine
from runtime.executor.driver import Driver
from runtime.executor.messages import Report
from tests.acceptance.deciding import EMIT, Desk, edit, reject
from tests.acceptance.workshop import Workshop
from tests.examples import few
from tests.executor.content import Files, content
from tests.executor.inline import InlineCluster
from tests.executor.killing import AtTheSeal, Killer
from tests.executor.specs import CHAIN, EVERY, SPECS, inputs


def engine() -> DeterministicEngine:
    return DeterministicEngine(concurrency=8, delay=0.001, jitter=0.003)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Files, set[str]]]:
    """What one machine makes of each spec, and the calls that it made."""
    made = {}
    for name, spec in SPECS.items():
        work = Workshop(tmp_path_factory.mktemp("alone") / name).write(spec, {}, **inputs())
        work.build(engine())
        made[name] = content(work), work.answered()
    return made


def spread(folder: Path, name: str, cluster: InlineCluster, own_journals: bool = False) -> tuple[Workshop, Built]:
    work = Workshop(folder).write(SPECS[name], {}, **inputs())
    built = work.build(engine(), executor=Driver(cluster, own_journals))
    return work, built.datasets[0]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("name", list(SPECS))
def test_the_commit_is_that_of_one_machine(
    tmp_path: Path, alone: dict[str, tuple[Files, set[str]]], name: str, workers: int
) -> None:
    work, built = spread(tmp_path / "work", name, InlineCluster(workers))
    files, calls = alone[name]
    assert content(work) == files
    assert built.progress.kept == built.manifest.counts.kept
    if name in EVERY:
        assert work.answered() == calls
        assert built.progress.fresh == len(calls)


@pytest.mark.parametrize("own_journals", [False, True], ids=["one journal", "own journals"])
@pytest.mark.parametrize("name", list(SPECS))
def test_a_lost_worker_changes_nothing(
    tmp_path: Path, alone: dict[str, tuple[Files, set[str]]], name: str, own_journals: bool
) -> None:
    killer = Killer(0, 9)
    cluster = InlineCluster(2, killer)
    work, _ = spread(tmp_path / "work", name, cluster, own_journals)
    files, calls = alone[name]
    assert killer.killed
    assert sorted(cluster.started) == [0, 0, 1]
    assert content(work) == files
    if name in EVERY:
        assert work.answered() == calls


@pytest.mark.parametrize("name", list(SPECS))
def test_rows_that_were_written_and_not_told_of_are_not_there_twice(
    tmp_path: Path, alone: dict[str, tuple[Files, set[str]]], name: str
) -> None:
    killer = AtTheSeal(1)
    work, _ = spread(tmp_path / "work", name, InlineCluster(2, killer))
    assert killer.killed
    assert content(work) == alone[name][0]


@settings(max_examples=few(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(SPECS)), st.integers(1, 3), st.integers(0, 2), st.integers(1, 40), st.booleans())
def test_whoever_is_lost_whenever_it_is_lost(
    tmp_path_factory: pytest.TempPathFactory,
    alone: dict[str, tuple[Files, set[str]]],
    name: str,
    workers: int,
    number: int,
    after: int,
    own_journals: bool,
) -> None:
    folder = tmp_path_factory.mktemp("lost") / "work"
    work, _ = spread(folder, name, InlineCluster(workers, Killer(number, after)), own_journals)
    assert content(work) == alone[name][0]


def test_workers_that_die_again_and_again_end_the_build_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(SynthError) as told:
        spread(tmp_path / "work", "plain", InlineCluster(2, lambda number, before, report: True))
    assert [found.code for found in told.value.diagnostics] == ["E0962"]


def test_a_budget_is_one_for_all_workers_and_what_they_asked_is_not_asked_again(tmp_path: Path) -> None:
    work = Workshop(tmp_path / "work").write(SPECS["plain"], {}, **inputs())
    with pytest.raises(SynthError) as told:
        work.build(engine(), executor=Driver(InlineCluster(2)), budget=Budget(calls=40))
    assert [found.code for found in told.value.diagnostics] == ["E0907"]
    stored = len(work.answered())
    assert stored == 40
    built = work.build(engine()).datasets[0]
    assert built.progress.reused >= stored
    assert built.progress.fresh == len(work.answered()) - stored


def test_answers_that_only_a_worker_has_are_used_by_the_next_build(tmp_path: Path) -> None:
    """The driver dies before it hears of them."""

    class Dead(Exception):
        pass

    def dies(number: int, before: int, report: Report) -> bool:
        if report.landed:
            raise Dead
        return False

    work, first = Workshop(tmp_path / "work").write(SPECS["plain"], {}, **inputs()), engine()
    with pytest.raises(Dead):
        work.build(first, executor=Driver(InlineCluster(2, dies), own_journals=True))
    assert not work.answered()
    built = work.build(engine(), executor=Driver(InlineCluster(2), own_journals=True)).datasets[0]
    calls = len(work.answered())
    assert 0 < calls - built.progress.fresh == built.progress.reused


def test_datasets_of_datasets_long_texts_a_limit_and_an_edit(tmp_path: Path) -> None:
    """Workers read what was just made, a text that all were given is stored once, and old shards are used again."""
    long = inputs()
    long["pages"][0]["text"] = "A long page. " * 2_000
    works = [Workshop(tmp_path / name).write(CHAIN, {}, **long) for name in ("alone", "spread")]
    alone, spread = works
    for work in works:
        where: dict[str, Any] = {"executor": Driver(InlineCluster(2))} if work is spread else {}
        work.build(engine(), limit=40, **where)
        work.build(engine(), **where)
        work.edit("You answer from the text.", "You answer from this text.")
        work.build(engine(), **where)
    assert content(spread) == content(alone)
    assert len(spread.rows("qa", "texts")) == 1
    assert spread.rows("both")


@pytest.mark.parametrize(("name", "killed"), [("plain", False), ("apart", False), ("target", True)])
def test_calls_that_an_edit_left_as_they_were_are_held_by_workers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, killed: bool
) -> None:
    """Their rows are copied, the last ones' calls made, and every worker seals what it copied once."""
    copied: list[int] = []
    take = RecordedGens.take

    def counted(self: RecordedGens) -> Any:
        for block in take(self):
            copied.append(block.num_rows)
            yield block

    works = [Workshop(tmp_path / where).write(SPECS[name], {}, **inputs()) for where in ("alone", "spread")]
    alone, spread = works
    for work in works:
        work.build(engine())
        work.edit("You answer from the text.", "You answer from this text.")
    once = alone.made(engine())
    monkeypatch.setattr(RecordedGens, "take", counted)
    again = spread.made(engine(), executor=Driver(InlineCluster(2, Killer(0, 9 if killed else 10_000))))
    assert content(spread) == content(alone)
    assert sum(copied) > once.manifest.counts.attempted // 2
    if name in EVERY and not killed:
        assert (again.progress.fresh, again.progress.reused) == (once.progress.fresh, once.progress.reused)


def test_what_people_decided_holds_wherever_rows_are_made(tmp_path: Path) -> None:
    """A row they reject makes room under a target and meets no `dedup`; one they edit meets it with its new values."""
    said = ["same", "same", "other", "third", "fourth", "other", "fifth"]
    desks = [
        Desk(tmp_path / name, said, f"dedup line by exact\n  {EMIT}", "target = 4") for name in ("alone", "spread")
    ]
    for desk, where in zip(desks, ({}, {"executor": Driver(InlineCluster(2))}), strict=True):
        desk.build(**where)
        desk.decide(reject("0"), edit("3", "other"))
        desk.build(**where)
    alone, spread = desks
    assert content(spread.work) == content(alone.work)
    assert alone.lines("rejected", "reason")


NOTES = """
dataset notes {
  each page from pages
  each take in 1..9
  gen note: str = reply(page, str(take)) with writer { max_tokens = 30 }
  emit { note = note }
}
"""


def test_a_budget_outlives_a_dataset_whose_last_candidates_were_called_off(tmp_path: Path) -> None:
    """What those had leave for is free again: the next dataset spends it, and stops where the budget ends."""
    work = Workshop(tmp_path / "work").write(SPECS["target"] + NOTES, {}, **inputs())
    with pytest.raises(SynthError) as told:
        work.build(engine(), executor=Driver(InlineCluster(3)), budget=Budget(calls=240))
    [found] = told.value.diagnostics
    assert found.code == "E0907" and any("`notes`" in note for note in found.notes)
    assert len(work.answered()) == 240
