"""The standard library, used whole: its specs' tests and snapshots hold, every name is reached, judges judge."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from compiler import plan
from compiler.analysis import Analysis, analyse
from compiler.catalog import library_files
from dsl import tree
from dsl.format import format_source
from dsl.parser import parse
from dsl.source import Source
from runtime.build.session import Session
from runtime.build.suite import Result, Suite
from runtime.config.project import Project
from runtime.sources.catalog import ProjectCatalog
from tests.acceptance.workshop import Workshop
from tests.std.page import HERE, declared, render, spec

FILES = library_files()
PAGE = HERE.parents[1] / "docs" / "library.md"
ORDERING = HERE / "ordering.synth"
CASES = [json.loads(line) for line in (HERE / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


def analysed(file: Path) -> Analysis:
    return analyse(file.name, ProjectCatalog(HERE), upto="lower")


def judges() -> set[str]:
    """Every judge of the library that answers yes or no."""
    found = (node for path in FILES for node in declared(path)[1] if isinstance(node, tree.Judge))
    return {node.name.text for node in found if isinstance(node.result, tree.TypeName) and node.result.name == "bool"}


@pytest.mark.parametrize("file", [*map(spec, FILES), ORDERING], ids=lambda file: file.stem)
def test_a_spec_of_the_library_has_no_mistake_and_is_in_the_house_style(file: Path) -> None:
    assert [found.code for found in analysed(file).diagnostics] == []
    text = file.read_text(encoding="utf-8")
    assert format_source(Source(file.name, text)) == text


@pytest.mark.parametrize("path", FILES)
def test_the_tests_of_a_file_hold_and_send_the_prompts_that_their_snapshots_hold(path: str) -> None:
    project = Project.find(HERE)
    results: list[Result] = []
    with Session(project, project.config.profile()) as session:
        suite = Suite(analysed(spec(path)), session, "main")
        suite.run(lambda title: True, results.append)
    assert [(result.verdict.test.title, result.failures) for result in results if result.failures] == []
    assert {result.snapshot for result in results} == {"same"}
    assert list(suite.stale()) == []


@pytest.mark.parametrize("path", FILES)
def test_a_spec_uses_every_name_of_its_file(path: str) -> None:
    """An import that nothing uses would be warned about."""
    file = spec(path)
    parsed = parse(Source(file.name, file.read_text(encoding="utf-8"))).file
    imports = [node for node in parsed.declarations if isinstance(node, tree.Import)]
    declares = {node.name.text for node in declared(path)[1]}
    assert {name.text for node in imports for name in node.names} == declares


@pytest.mark.parametrize("path", FILES)
def test_the_tests_of_a_file_come_to_every_gen_and_every_judge(path: str) -> None:
    model = analysed(spec(path)).model
    assert model.plan is not None
    [dataset] = model.plan.datasets
    texts = (file.read_text(encoding="utf-8") for file in spec(path).with_suffix(".snapshots").glob("*.txt"))
    cells = {line[2:].split(",")[0] for text in texts for line in text.splitlines() if line.startswith("# ")}
    assert {step.name for step in dataset.of(plan.Gen)} | {judge.name for judge in dataset.judges} == cells


JUDGES = judges()


def test_every_yes_or_no_judge_has_clear_cases_of_both_kinds() -> None:
    assert {case["judge"] for case in CASES} == JUDGES
    found = sorted((case["judge"], case["pair"], case["holds"]) for case in CASES)
    assert found == sorted((name, pair, holds) for name in JUDGES for pair in (1, 2) for holds in (False, True))


@pytest.mark.live
def test_every_yes_or_no_judge_finds_a_clear_yes_likelier_than_a_clear_no(tmp_path: Path) -> None:
    """On the embedded model, over cases that it can tell apart at all: this holds the prompts' form, not their wisdom.

    What was asked before moves a probability by some hundredths, so that a pair alone says little.
    """
    from runtime.engines import make_engine

    work = Workshop(tmp_path / "p").write(ORDERING.read_text(encoding="utf-8"))
    shutil.copy(HERE / "cases.jsonl", work.root)
    work.build(make_engine("llamacpp", {"context": 1024}))
    rows = work.rows("ordering")
    assert len(rows) == len(CASES)
    gains = {
        name: sum(row["p"] if row["holds"] else -row["p"] for row in rows if row["judge"] == name) for name in JUDGES
    }
    assert {name: gain for name, gain in gains.items() if gain <= 0} == {}


def test_the_page_of_the_library_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("update_golden"):
        PAGE.write_text(render(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == render()
