"""The help of every verb: current in the docs, 80 columns wide, with an example that is a real command line."""

from __future__ import annotations

import shlex

import pytest

from runtime.cli.app import BY_NAME, VERBS
from runtime.cli.reference import reference
from tests.cli.conftest import REPOSITORY, Cli

PAGE = REPOSITORY / "docs" / "cli.md"


def test_the_reference_is_what_the_help_says(request: pytest.FixtureRequest) -> None:
    text = reference()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text)
    assert PAGE.read_text() == text, "run pytest tests/cli --update-golden, and review the page"


@pytest.mark.parametrize("verb", BY_NAME)
def test_help_fits_80_columns_and_has_an_example_of_its_verb(cli: Cli, verb: str) -> None:
    done = cli(verb, "--help")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    _, _, example = " ".join(done.out.split()).partition("Example: ")
    assert shlex.split(example.partition(" Arguments:")[0].partition(" Options:")[0])[:2] == ["synth", verb]


def test_verbs_stand_in_groups(cli: Cli) -> None:
    lines = cli("--help").out.splitlines()
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Options:", *dict.fromkeys(f"{verb.group}:" for verb in VERBS)]
    assert [line for line in lines if len(line) > 80] == []
