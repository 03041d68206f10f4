"""log, show, branch, switch, tag: as in git, over real commits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.diff.builder import Builder


@pytest.mark.usefixtures("history")
class TestWithCommits:
    def test_the_log_reads_newest_first_with_names(self, cli: Cli) -> None:
        cli("tag", "v1", "HEAD~1")
        lines = cli("log", "--oneline").out.splitlines()
        assert re.fullmatch(r"[0-9a-f]{10} \(main\) build 2", lines[0])
        assert re.fullmatch(r"[0-9a-f]{10} \(v1\) build 1", lines[1])

    def test_the_log_of_a_ref_begins_there(self, cli: Cli) -> None:
        (commit,) = cli("log", "main~1", "--json").json
        assert commit["message"] == "build 1"
        assert commit["parents"] == []
        assert len(cli("log", "-n", "1", "--json").json) == 1

    def test_show_says_what_is_in_the_commit_and_what_was_dropped_by_what(self, cli: Cli) -> None:
        shown = cli("show").out
        assert "qa  20 rows of 22 candidates" in shown
        assert "dropped 2 by filter not repetitive(answer)" in shown
        assert "input pages  33 rows" in shown

    def test_show_of_an_older_commit_by_a_short_id(self, cli: Cli) -> None:
        short = cli("log", "--oneline").out.splitlines()[1].split()[0]
        (dataset,) = cli("show", short, "--json").json["datasets"]
        assert (dataset["name"], dataset["attempted"], dataset["rejected"]) == ("qa", 22, {"filter 1": 2})
        assert dataset["tables"]["qa"]["columns"]["note"] == "str?"

    def test_branches_are_made_listed_switched_to_and_deleted(self, cli: Cli) -> None:
        assert cli("branch", "tone", "HEAD~1").code == 0
        assert cli("switch", "tone").out == "on branch tone\n"
        listed = cli("branch").out.splitlines()
        assert [line[:6] for line in listed] == ["  main", "* tone"]
        assert listed[1].endswith("build 1")
        assert cli("switch", "main").code == 0
        assert cli("branch", "-d", "tone").code == 0
        assert [branch["name"] for branch in cli("branch", "--json").json] == ["main"]

    def test_switch_makes_a_branch_where_it_is_told(self, cli: Cli) -> None:
        assert cli("switch", "-c", "tone", "main~1").out == "on branch tone (new)\n"
        (current,) = [branch for branch in cli("branch", "--json").json if branch["current"]]
        assert current["name"] == "tone"
        assert cli("log", "--oneline").out.count("\n") == 1

    def test_the_current_branch_is_not_deleted(self, cli: Cli) -> None:
        refused = cli("branch", "-d", "main")
        assert refused.code == 2
        assert "E1105" in refused.err

    def test_a_tag_never_moves(self, cli: Cli) -> None:
        assert cli("tag", "v1").code == 0
        assert cli("tag", "v1", "HEAD~1").code == 2
        assert [tag["name"] for tag in cli("tag", "--json").json] == ["v1"]
        assert cli("tag").out.startswith("v1  ")

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("show", "mian"), "E1001"),
            (("show", "main~7"), "E1005"),
            (("switch", "tone"), "E1001"),
            (("switch", "-c", "two words"), "E1002"),
            (("branch", "main"), "E1003"),
            (("branch", "-d", "tone"), "E1001"),
            (("log", "nowhere"), "E1001"),
        ],
    )
    def test_a_wrong_name_is_a_mistake_with_a_code(self, cli: Cli, arguments: tuple[str, ...], code: str) -> None:
        told = cli(*arguments)
        assert told.code == 2
        assert f"error[{code}]" in told.err
        assert "Traceback" not in told.err

    def test_a_misspelt_branch_suggests_the_right_one(self, cli: Cli) -> None:
        assert "did you mean `main`?" in cli("show", "mian").err


class TestBeforeTheFirstCommit:
    def test_nothing_fails_and_the_way_on_is_told(self, cli: Cli) -> None:
        assert "synth build" in cli("log").out
        assert cli("log", "--json").json == []
        assert cli("branch").out == "* main  no commit yet\n"
        assert cli("tag").out == ""
        assert cli("switch", "tone").out == "on branch tone\n"
        assert cli("branch").out == "* tone  no commit yet\n"

    @pytest.mark.parametrize("verb", ["show", "diff"])
    def test_what_needs_a_commit_says_that_there_is_none(self, cli: Cli, verb: str) -> None:
        told = cli(verb)
        assert told.code == 2
        assert "the store has no commits yet" in told.err


def test_a_start_without_a_new_branch_is_a_mistake_in_the_call(cli: Cli, history: Builder) -> None:
    assert "goes with -c" in cli("switch", "main", "main~1").err


def test_the_state_belongs_to_the_project_and_not_to_the_folder_one_stands_in(
    cli: Cli, project: Path, history: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "specs")
    assert cli("log", "--oneline").out.count("\n") == 2
