"""`synth lint` and `synth check --fix`: what is told, what is mended, and what a script or a workflow reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

LATE = """edition 1

from "std/judges.synth" import repetitive, about

dataset notes {
  each take in 1..3
  gen title: str with writer \"\"\"
    Write title {{ take }}.
  \"\"\"
  gen note: str with writer \"\"\"
    Write the note: {{ title }}
  \"\"\"
  filter words(title) > 2
  emit { note = note, twice = repetitive(note), fit = about("tea", note) }
}

test "a title of a word is dropped" of notes {
  mock title = "Tea"
  mock note = "It is green."
  expect dropped by title
}
"""


@pytest.fixture
def spec(tmp_path: Path, cli: Cli) -> Path:
    file = tmp_path / "a.synth"
    file.write_text(LATE)
    return file


def test_remarks_are_told_with_their_codes_and_exit_1(cli: Cli, spec: Path) -> None:
    told = cli("lint")
    assert told.code == 1
    assert "warning[L009]" in told.err and "a.synth:3:32" in told.err
    assert "warning[L003]" in told.err and "a.synth:13:3" in told.err
    assert told.err.endswith(
        "2 warnings\n`synth lint --fix` mends 1 of them\n`synth lint --fix --unsafe-fixes` mends 2 of them\n"
    )


def test_a_clean_spec_is_said_to_be_one(cli: Cli, spec: Path) -> None:
    told = cli("lint", "--ignore", "L003", "--ignore", "L009")
    assert (told.code, told.out) == (0, "1 spec looked at, nothing to remark\n")
    assert cli("lint", "--select", "W").code == 0


def test_safe_fixes_are_made_and_others_only_when_asked_for(cli: Cli, spec: Path) -> None:
    told = cli("lint", "--fix")
    assert told.code == 1
    assert "mended 1 thing in a.synth:\n  sort them\n" in told.err
    assert "import about, repetitive" in spec.read_text()
    assert cli("lint", "--fix", "--unsafe-fixes").code == 0
    text = spec.read_text()
    assert text.index("filter words(title)") < text.index("gen note")
    assert cli("check").code == 0


def test_the_project_says_which_rules_count(cli: Cli, spec: Path) -> None:
    (spec.parent / "synth.toml").write_text('[lint]\nignore = ["L0"]\n')
    assert cli("lint").code == 0
    (spec.parent / "synth.toml").write_text('[lint]\nselect = ["L009"]\n')
    assert "L003" not in cli("lint").err
    assert "L003" in cli("lint", "--select", "L003").err


def test_a_rule_that_is_not_there_is_a_message(cli: Cli, spec: Path) -> None:
    told = cli("lint", "--ignore", "L04")
    assert told.code == 2
    assert "E1118" in told.err and "did you mean `L004`?" in told.err


def test_a_mistake_is_told_beside_the_remarks_and_exits_2(cli: Cli, spec: Path) -> None:
    spec.write_text(LATE.replace("words(title)", "wrds(title)"))
    told = cli("lint")
    assert told.code == 2
    assert "error[E0201]" in told.err and "warning[L009]" in told.err


def test_other_forms_are_one_document_on_stdout(cli: Cli, spec: Path) -> None:
    assert [one["code"] for one in json.loads(cli("lint", "--format", "json").out)] == ["L009", "L003"]
    (run,) = json.loads(cli("lint", "--format", "sarif").out)["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["L009", "L003"]
    assert cli("lint", "--format", "github").out.startswith("::warning file=a.synth,line=3,")
    assert cli("lint", "--format", "xml").code == 2


def test_checking_mends_misspelt_names_and_missing_imports(cli: Cli, spec: Path) -> None:
    spec.write_text(LATE.replace("words(title)", "wrds(title)").replace("repetitive, about", "repetitive"))
    told = cli("check", "--fix")
    assert told.code == 0
    assert "  write `words`\n" in told.err
    assert spec.read_text() == LATE.replace("repetitive, about", "about, repetitive")


def test_checking_writes_what_workflows_read(cli: Cli, spec: Path) -> None:
    spec.write_text(LATE.replace("words(title)", "wrds(title)"))
    told = cli("check", "--format", "github")
    assert told.code == 2
    assert told.out.startswith("::error file=a.synth,line=13,")


def test_a_range_of_lines_is_formatted_alone(cli: Cli, spec: Path) -> None:
    spec.write_text("edition 1\n\nparam  a: int = 1\nparam  b: int = 2\n")
    assert cli("fmt", "a.synth", "--range", "4").code == 0
    assert spec.read_text() == "edition 1\n\nparam  a: int = 1\nparam b: int = 2\n"
    assert cli("fmt", "a.synth", "--range", "4:").code == 2
    assert cli("fmt", "--range", "4:5").code == 2
