"""`synth compile`: every pass can be seen; what is printed of a program is Python."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SPEC = "specs/questions.synth"


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        ("tokens", "2:1"),
        ("ast", "File"),
        ("names", "record of"),
        ("types", "wanted : int"),
        ("desugar", "is decoded under matches("),
        ("plan", "dataset questions target=4"),
        ("program", "def questions(s, row):"),
    ],
)
def test_every_pass_is_printed(cli: Cli, project: Path, stage: str, line: str) -> None:
    done = cli("compile", SPEC, "--dump", stage)
    assert done.code == 0
    assert line in done.out


def test_the_program_is_python_and_the_default(cli: Cli, project: Path) -> None:
    done = cli("compile", SPEC)
    functions = {node.name for node in ast.walk(ast.parse(done.out)) if isinstance(node, ast.FunctionDef)}
    assert {"ask", "questions", "audits"} <= functions


def test_one_dataset_of_several_can_be_printed(cli: Cli, project: Path) -> None:
    file = project / SPEC
    file.write_text(file.read_text() + "\ndataset ids {\n  each fact from facts\n  emit { id = fact.id }\n}\n")
    done = cli("compile", SPEC, "--dump", "plan", "--dataset", "ids")
    assert "dataset ids" in done.out
    assert "dataset questions" not in done.out


def test_an_unknown_dataset_names_those_there_are(cli: Cli, project: Path) -> None:
    done = cli("compile", SPEC, "--dataset", "question")
    assert done.code == 2
    assert "E0906" in done.err
    assert "did you mean `questions`?" in done.err


def test_a_dataset_of_the_tokens_is_a_mistake_in_the_call(cli: Cli, project: Path) -> None:
    done = cli("compile", SPEC, "--dump", "tokens", "--dataset", "questions")
    assert done.code == 2
    assert "of the whole file" in done.err


def test_a_wrong_spec_prints_its_mistakes_and_no_program(cli: Cli, project: Path) -> None:
    (project / "a.synth").write_text("edition 1\nparam n: int = x\n")
    done = cli("compile", "a.synth")
    assert (done.code, done.out) == (2, "")
    assert "E0201" in done.err
