"""Mistakes that only a run meets, each with its code: tests of a spec, audits, engines that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

import dsl.diagnostics as diagnostics
from compiler import testing
from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from dsl.diagnostics import SynthError
from runtime import cli
from runtime.build.build import Build, Options, build
from runtime.build.program import Loaded
from runtime.build.run import step_texts
from runtime.build.session import Session
from runtime.build.testing import run_test
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import EngineRejected, Request
from runtime.program.stage import Stage
from runtime.sources.catalog import ProjectCatalog
from runtime.store.open import open_store
from tests.docs.specs import check

SPEC = """edition 1
dataset notes {
  each take in 1..3
  gen note: str with writer \"\"\"
    Write note {{ take }}.
  \"\"\"
  filter take < 3
  emit { note = note }
  audit kept == 3
}
"""


@pytest.mark.parametrize("code", ["E0436", "E0902", "E0903"])
def test_a_failing_test_of_a_spec_has_the_code_of_its_page(code: str) -> None:
    page = diagnostics.page(code)
    assert page is not None
    assert [codes(example.text) for example in page.bad] == [{code}] * len(page.bad)
    assert [codes(example.text) for example in page.good] == [set()] * len(page.good)


def codes(text: str) -> set[str]:
    """What the tests of a spec report when they are run."""
    analysis = check(text)
    assert analysis.ok and analysis.model.plan is not None
    dataset = analysis.model.plan.datasets[0]
    program = Loaded(dataset, analysis.model.programs[dataset.name])
    stage = Stage(dataset.name, steps=step_texts(dataset))
    verdicts = (
        run_test(test, program, stage, dict.fromkeys(("take", "page"), (1, 1)))
        for test in testing.tests_of(analysis.model, dataset, MemoryCatalog())
    )
    return {found.code for verdict in verdicts for found in verdict.failures}


Audits = Literal["fail", "warn", "scratch"]


@dataclass
class Place:
    """A project on disk with one spec."""

    root: Path
    engine: DeterministicEngine = field(default_factory=DeterministicEngine)

    def build(self, text: str = SPEC, only: str | None = None, audits: Audits = "fail") -> Build:
        (self.root / "spec.synth").write_text(text, encoding="utf-8")
        project = Project.find(self.root)
        analysis = analyse("spec.synth", ProjectCatalog(project.root), upto="lower")
        assert analysis.ok, analysis.diagnostics
        with Session(project, project.config.profile(None), self.engine) as session:
            return build(analysis, session, Options("main", only=only, audits=audits))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "synth.toml").write_text("", encoding="utf-8")
    return Place(tmp_path)


def refused(run: Callable[[], object]) -> list[str]:
    with pytest.raises(SynthError) as error:
        run()
    return [found.code for found in error.value.diagnostics]


def test_an_audit_that_does_not_hold_stops_the_commit_and_its_answers_stay(place: Place) -> None:
    assert refused(place.build) == ["E0901"]
    calls = place.engine.calls
    assert place.build(SPEC.replace("kept == 3", "kept == 2")).commit is not None
    assert place.engine.calls == calls


def test_an_audit_may_only_warn(place: Place) -> None:
    done = place.build(audits="warn")
    assert done.commit is not None
    assert [warning.code for warning in done.warnings] == ["W0901"]


def test_a_failed_audit_can_go_to_a_scratch_branch_and_never_to_its_own(place: Place) -> None:
    good = place.build(SPEC.replace("kept == 3", "kept == 2"))
    for _ in range(2):
        done = place.build(audits="scratch")
        assert done.branch == "main-scratch"
        assert done.commit is not None
        store = open_store(place.root / ".synth")
        assert store.head("main") == good.head
        assert store.head("main-scratch") == done.commit.id
        assert [warning.code for warning in done.warnings] == ["W0901"]


def test_an_engine_that_is_down_stops_the_build_and_drops_no_row(place: Place) -> None:
    place.engine.unavailable_from = 3
    text = SPEC.replace("kept == 3", "kept == 2")
    assert refused(lambda: place.build(text)) == ["E0904"]
    place.engine.unavailable_from = None
    assert place.build(text).datasets[0].manifest.counts.kept == 2


def test_a_request_that_an_engine_refuses_stops_the_build(place: Place) -> None:
    def refuse(request: Request) -> str:
        raise EngineRejected("deterministic", "the prompt is longer than the context")

    place.engine.respond = refuse
    assert refused(place.build) == ["E0905"]


def test_only_names_a_dataset_of_the_spec(place: Place) -> None:
    assert refused(lambda: place.build(only="nots")) == ["E0906"]
    assert refused(lambda: place.build("edition 1\nconst a = 1\n")) == ["E0906"]


def test_values_that_are_null_and_answers_that_fail_are_part_of_the_story(place: Place) -> None:
    text = SPEC.replace("kept == 3", "kept <= 2").replace(
        "  filter", "  require len(note) in 3..30\n  let none = [note][9]\n  filter"
    )
    place.engine.invalid_share = 0.5
    assert place.build(text).commit is not None
    assert place.engine.calls > 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["blame", "notes", "1", "note"], None),
        (["blame", "notes", "1", "nte"], "E1036"),
        (["blame", "notes", "9"], "E1037"),
        (["why", "notes", "3"], None),
        (["why", "notes", "9"], "E1037"),
    ],
    ids=str,
)
def test_a_row_s_story_is_asked_for_by_a_key_and_a_column_that_are_there(
    place: Place,
    arguments: list[str],
    code: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place.build(audits="warn")
    monkeypatch.chdir(place.root)
    assert cli.run(arguments) == (2 if code else 0)
    assert (f"error[{code}]" in capsys.readouterr().err) is (code is not None)
