"""Every spec of the gallery: no mistake, the house style, programs that compile, tests that pass, a true README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl.format import format_source
from dsl.source import Source
from runtime.build.chosen import chosen
from runtime.build.inputs import Inputs
from runtime.build.session import Session
from runtime.build.testing import Verdict
from runtime.build.tests import run_all
from runtime.config.project import Project
from tests.gallery.exhibit import FIRST, NAMES, PROFILE, SPECS, Exhibit
from tests.gallery.techniques import SHOWN, named

ALL = [FIRST, *NAMES]
EXPECTED_WARNINGS = {"support_mix": ["W0202"]}
"""As it was given to us, `support_mix` imports `helpful` and does not use it."""


@pytest.fixture(params=ALL)
def exhibit(request: pytest.FixtureRequest, tmp_path: Path) -> Exhibit:
    return Exhibit.copy(request.param, tmp_path)


def test_it_has_no_mistake_is_planned_and_compiles_to_python(exhibit: Exhibit) -> None:
    project = Project.find(exhibit.root)
    with Session(project, project.config.profile()) as session:
        analysis = exhibit.compiled(session)
    assert [found.code for found in analysis.errors] == []
    assert [found.code for found in analysis.diagnostics] == EXPECTED_WARNINGS.get(exhibit.name, [])
    assert analysis.model.programs
    for dataset, program in analysis.model.programs.items():
        compile(program, dataset, "exec")


def verdicts(exhibit: Exhibit) -> list[Verdict]:
    project = Project.find(exhibit.root)
    with Session(project, project.config.profile()) as session:
        analysis = exhibit.compiled(session)
        assert [found.code for found in analysis.errors] == []
        loaded = chosen(analysis, None)
        opened = [(one, Inputs.open(one, exhibit.root, session.facts)) for one in loaded]
        return [verdict for one, inputs in opened for verdict in run_all(analysis, one, inputs, session)]


def test_its_own_tests_pass(exhibit: Exhibit) -> None:
    assert {verdict.test.title: verdict.failures for verdict in verdicts(exhibit) if verdict.failures} == {}


@pytest.mark.parametrize("name", ["tested_code", "support_mix"])
def test_what_a_spec_without_tests_selects(name: str, tmp_path: Path) -> None:
    """Both are kept as they were given to us, without tests; these stand in `more/`."""
    exhibit = Exhibit.copy(name, tmp_path)
    more = (Path(__file__).with_name("more") / f"{name}.synth").read_text(encoding="utf-8")
    exhibit.spec.write_text(exhibit.spec.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    found = verdicts(exhibit)
    assert len(found) == more.count("\ntest ") + more.startswith("test ")
    assert {verdict.test.title: verdict.failures for verdict in found if verdict.failures} == {}


def test_it_is_in_the_house_style(exhibit: Exhibit) -> None:
    text = exhibit.spec.read_text(encoding="utf-8")
    assert format_source(Source(exhibit.spec.name, text)) == text


def readme(name: str) -> Path:
    return SPECS / "README.md" if name == FIRST else SPECS / name / "README.md"


def test_its_readme_names_techniques_that_the_spec_shows(exhibit: Exhibit) -> None:
    text = exhibit.spec.read_text(encoding="utf-8")
    techniques = named(readme(exhibit.name))
    assert techniques
    assert [technique for technique in techniques if technique not in SHOWN] == []
    assert [technique for technique in techniques if not re.search(SHOWN[technique], text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_its_readme_says_how_to_run_it(name: str) -> None:
    command = f"synth build specs/{name}/{name}.synth --profile {PROFILE}"
    assert command in readme(name).read_text(encoding="utf-8")


def test_the_index_names_every_spec() -> None:
    index = (SPECS / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"[{name}]({name}/README.md)" not in index] == []


def test_every_technique_is_shown_by_a_spec() -> None:
    shown = {technique for name in ALL for technique in named(readme(name))}
    assert sorted(set(SHOWN) - shown) == []
