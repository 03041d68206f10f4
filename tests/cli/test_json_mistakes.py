"""With `--json`, a mistake is one JSON document too: its code, its place and its message stand on stdout."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.cli.app import BY_NAME
from runtime.cli.mistaken import wants_json
from tests.cli.conftest import Cli

IN_THE_WAY = [
    ("plan", "nothing.synth"),
    ("preview", "nothing.synth"),
    ("build", "nothing.synth"),
    ("judge", "nothing.synth"),
    ("log", "nowhere"),
    ("show", "nowhere"),
    ("diff", "nowhere..main"),
    ("branch", "-d", "nowhere"),
    ("why", "notes", "a/1"),
    ("blame", "notes", "a/1"),
    ("sql", "select * from nowhere"),
    ("pr", "show", "7"),
    ("decisions", "notes"),
    ("engines", "check", "nowhere"),
]


@pytest.mark.parametrize("call", IN_THE_WAY, ids=lambda call: call[0])
def test_a_mistake_stands_on_stdout_as_json_and_on_stderr_for_people(cli: Cli, call: tuple[str, ...]) -> None:
    told, plain = cli(*call, "--json"), cli(*call)
    (found,) = told.json["diagnostics"]
    assert found["message"] and f"error[{found['code']}]" in told.err
    assert (told.code, plain.code, plain.out) == (2, 2, "")


def test_a_mistake_in_a_spec_has_its_place(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.synth").write_text("edition 1\n\nrecord Fact {\n  id: strr\n}\n")
    (found,) = cli("plan", "a.synth", "--json").json["diagnostics"]
    assert found["place"]["path"] == "a.synth"
    assert (found["place"]["start"]["line"], found["place"]["start"]["column"]) == (4, 7)


def test_a_configuration_that_cannot_be_read_is_told_in_the_form_that_was_asked_for(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text("[engines\n")
    (tmp_path / "a.synth").write_text("edition 1\n")
    for verb in ("check", "lint"):
        (found,) = cli(verb, "--format", "json").json
        assert found["place"]["path"] == "synth.toml"
        assert cli(verb, "--format", "sarif").json["runs"][0]["results"][0]["ruleId"] == found["code"]
        assert cli(verb, "--format", "github").out.startswith("::error file=synth.toml")
        assert (told := cli(verb)).code == 2 and told.out == ""
    for verb in ("plan", "test"):
        assert cli(verb, "a.synth", "--json").json["diagnostics"] == [found]


@pytest.mark.parametrize("verb", BY_NAME)
def test_a_call_that_a_verb_does_not_know_is_a_mistake_with_a_code(cli: Cli, verb: str) -> None:
    told = cli(verb, "--json", "--no-such-option")
    (found,) = told.json["diagnostics"]
    assert (told.code, found["code"], found["place"]) == (2, "E1119", None)
    assert found["message"] in told.err


def test_json_is_asked_for_by_either_word_and_not_behind_two_dashes() -> None:
    assert wants_json(["plan", "a.synth", "--json"])
    assert wants_json(["diff", "--format", "json"]) and wants_json(["diff", "--format=json"])
    assert not wants_json(["sql", "json"]) and not wants_json(["engines", "start", "gpu", "--", "--json"])
