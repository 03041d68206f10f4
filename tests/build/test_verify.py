"""Stored answers that an engine calls repeatable are asked again; one that comes out otherwise is told where."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.build.build import Options
from runtime.build.session import Session
from runtime.build.verify import Verified, same, verify
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Engine
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.unrepeatable import UnrepeatableEngine
from tests.acceptance.workshop import Workshop
from tests.cli.conftest import Cli, cli

__all__ = ["cli"]


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path).write(QA, pages=pages(4), readers=readers(3))


def verified(work: Workshop, engine: Engine, number: int = 5) -> Verified:
    project = Project.find(work.root)
    with Session(project, project.config.profile(), engine) as session:
        return verify(work.analysis(session, {}), session, Options("main"), work.head, number)


def test_a_repeatable_engine_is_asked_so_many_and_keeps_its_word(work: Workshop) -> None:
    work.build()
    engine, before = DeterministicEngine(), work.head
    found = verified(work, engine)
    assert (found.asked, found.drifts, engine.calls) == (5, (), 5)
    assert found.repeatable >= len(work.answered()) and found.recorded == 0
    assert work.head == before


def test_a_server_whose_deterministic_mode_was_switched_off_is_found_out(work: Workshop) -> None:
    work.build(UnrepeatableEngine(keeps_seeds=True))
    found = verified(work, UnrepeatableEngine(keeps_seeds=False))
    assert 0 < len(found.drifts) <= found.asked == 5
    (warning,) = found.warnings()
    assert warning.code == "W0910" and "5 came out otherwise" in warning.message
    rows = {row["key"] for name in ("qa", "rejected") for row in work.rows("qa", name)}
    for drift in found.drifts:
        assert drift.place is not None and drift.place.dataset == "qa" and drift.place.row in rows
        assert drift.now is not None and not same(drift.then, drift.now)


def test_answers_that_are_only_recorded_are_not_asked_again(work: Workshop) -> None:
    work.build(UnrepeatableEngine())
    engine = UnrepeatableEngine(salt=1)
    found = verified(work, engine)
    assert (found.asked, found.repeatable, engine.calls) == (0, 0, 0)
    assert found.recorded >= len(work.answered())


def test_the_sample_is_the_same_every_time(work: Workshop) -> None:
    work.build(UnrepeatableEngine(keeps_seeds=True))
    asked = [{drift.call for drift in verified(work, UnrepeatableEngine(salt=salt), 200).drifts} for salt in (1, 2)]
    few = {drift.call for drift in verified(work, UnrepeatableEngine(), 3).drifts}
    assert few <= asked[0] | asked[1] and few


def test_the_last_digits_of_a_judgement_are_no_other_answer() -> None:
    one = Answer("yes", labels={"yes": -0.1, "no": -2.3})
    assert same(one, Answer("yes", labels={"yes": -0.100001, "no": -2.3}))
    assert not same(one, Answer("yes", labels={"yes": -0.2, "no": -2.3}))
    assert not same(one, Answer("no", labels={"yes": -0.1, "no": -2.3}))


def test_the_command_builds_verifies_and_exits_with_the_verdict(cli: Cli, work: Workshop) -> None:
    built = cli("build", "spec.synth", "--verify", "3")
    assert built.code == 0 and "repeatable answers again: all came out the same" in built.out
    again = cli("build", "spec.synth", "--verify", "3", "--json").json
    assert again["commit"] is None and again["verified"]["asked"] == 3


def test_the_command_shows_what_was_said_then_and_now(
    cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.build(UnrepeatableEngine(keeps_seeds=True))
    from runtime.engines import registry

    monkeypatch.setitem(registry._MAKERS, "deterministic", lambda settings: UnrepeatableEngine(name="test"))
    found = cli("build", "spec.synth", "--verify", "2")
    assert found.code == 1 and "W0910" in found.err and "Traceback" not in found.err
    assert "2 came out otherwise" in found.out and "    then " in found.out and "    now  " in found.out
