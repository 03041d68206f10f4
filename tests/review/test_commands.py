"""`synth pr` and `synth verify-history` over a project that is really built: what they print, and how they exit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, cli
from tests.review.built import PAGES, Built

__all__ = ["cli"]
EVIL = "<script>alert(1)</script> \x1b[2J\x07 \u202eevil\u202c \x9b31m"


@pytest.fixture
def work(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Two notes differ on `more`, one of them flagged."""
    monkeypatch.setenv("SYNTH_AUTHOR", "Ada <ada@example.org>")
    found = Built(tmp_path)
    found.branch("more")
    found.pages(**{**PAGES, "a": "another one", "e": "another text of five words"})
    assert cli("build", "spec.synth", "--branch", "more").code == 0
    return found


def as_bob(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_AUTHOR", "Bob <bob@example.org>")


def test_the_whole_way_from_a_branch_to_a_merge(cli: Cli, work: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = cli("build", "spec.synth", "--branch", "main")
    assert (refused.code, "E1086" in refused.err) == (2, True)
    assert cli("pr", "policy", "main", "--record").code == 0
    opened = cli("pr", "open", "--source", "more", "--title", "More words")
    assert opened.out.startswith("#1 More words: more into main\n")
    as_bob(monkeypatch)
    assert cli("pr", "comment", "1", "why?", "--at", "notes/a:text").code == 0
    early = cli("pr", "merge", "1")
    assert early.code == 1
    assert "approvals: 0 of 1 given" in early.err and "flags: notes e not read yet" in early.err
    assert cli("pr", "read", "1").out == "#1: 1 row marked as read\n"
    digest = cli("pr", "show", "1", "--json").json["digest"]
    assert cli("pr", "approve", "1", "--digest", digest[:12], "-m", "good").code == 0
    merged = cli("pr", "merge", "1")
    assert merged.out == f"#1 merged: main is at {work.head('main')[:10]}\n"
    assert cli("pr", "list").out == "no pull request is open\n"
    assert cli("pr", "list", "--state", "merged").out.startswith("#1   merged  More words")
    history = cli("verify-history")
    assert (history.code, "all is as it was approved" in history.out) == (0, True)


def test_merge_by_its_own_verb_is_the_same_merge(cli: Cli, work: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("merge", "more", "--into", "main").code == 2
    cli("pr", "open", "--source", "more")
    assert cli("merge", "more", "--into", "main").code == 1
    as_bob(monkeypatch)
    cli("pr", "read", "1")
    cli("pr", "approve", "1")
    assert cli("merge", "more", "--into", "main").code == 0
    assert work.reviews.get(1).merged_commit == work.head("main")


def test_what_went_around_the_gate_is_an_exit_code(cli: Cli, work: Built) -> None:
    cli("pr", "policy", "main", "--record")
    work.build("main")
    found = cli("verify-history", "main")
    assert found.code == 1
    assert "came by no pull request: Build notes: 5 rows" in found.out
    (finding,) = cli("verify-history", "--json").json["findings"]
    assert finding["where"] == work.head("main")


def test_show_tells_what_changes_the_rules_and_what_was_said(cli: Cli, work: Built) -> None:
    cli("pr", "open", "--source", "more", "--title", "More words", "--description", "Longer texts are wanted.")
    cli("pr", "comment", "1", "all of them?")
    cli("pr", "request-changes", "1", "-m", "e is too long")
    lines = cli("pr", "show", "1").out.splitlines()
    assert lines[:4] == [
        "#1 More words",
        "open  more into main, by Ada <ada@example.org>, " + lines[1][-20:],
        "",
        "    Longer texts are wanted.",
    ]
    assert "  notes  +0 \u22120 ~2 =3" in lines
    assert "  not met changes: asked for by Ada <ada@example.org>" in lines
    assert any(line.endswith("asked for changes: e is too long") for line in lines)
    assert "    all of them?" in lines
    assert "another text of five words" not in "\n".join(lines)
    assert "{+another +}one" in cli("pr", "show", "1", "--diff").out


def test_show_as_json_has_everything(cli: Cli, work: Built) -> None:
    cli("pr", "open", "--source", "more")
    cli("pr", "comment", "1", "this one", "--at", "notes/e")
    found = cli("pr", "show", "1", "--diff", "--json").json
    assert (found["number"], found["state"], found["title"]) == (1, "open", "Build notes: 5 rows")
    assert found["comments"][0]["at"] == {"dataset": "notes", "table": "notes", "key": "e", "column": None}
    assert [rule["name"] for rule in found["rules"]] == ["approvals", "changes", "audits", "flags"]
    assert found["diff"]["datasets"][0]["tables"][0]["counts"]["changed"] == 2
    assert [(pull["number"], pull["comments"]) for pull in cli("pr", "list", "--json").json] == [(1, 1)]


def test_nothing_that_anybody_wrote_acts_on_the_terminal(cli: Cli, work: Built) -> None:
    work.pages(**{**PAGES, "a": EVIL})
    cli("build", "spec.synth", "--branch", "more")
    cli("pr", "open", "--source", "more", "--title", EVIL, "--description", EVIL)
    cli("pr", "comment", "1", EVIL, "--at", "notes/a:text")
    cli("pr", "request-changes", "1", "-m", EVIL)
    for command in (("list",), ("show", "1"), ("show", "1", "--diff")):
        shown = cli("pr", *command).out
        assert not set(shown) & set("\x1b\x07\u202e\u202c\x9b"), command
        assert "<script>" in shown
        assert [line for line in shown.splitlines() if len(line) > 80] == []


def test_a_comment_stands_on_a_row_that_is_there(cli: Cli, work: Built) -> None:
    cli("pr", "open", "--source", "more")
    for place, said in (
        ("nots/a", "did you mean `notes`?"),
        ("notes/zz", "there is no row `zz`"),
        ("notes/a:txt", "did you mean `text`?"),
        ("notes.other/a", "its tables are"),
    ):
        refused = cli("pr", "comment", "1", "here", "--at", place)
        assert (refused.code, "E1090" in refused.err) == (2, True)
        assert said in refused.err


def test_collecting_what_nobody_needs_leaves_the_log(cli: Cli, work: Built) -> None:
    cli("pr", "open", "--source", "more")
    cli("pr", "comment", "1", "kept")
    assert cli("gc", "--older-than", "0s").code == 0
    assert [comment["text"] for comment in cli("pr", "show", "1", "--json").json["comments"]] == ["kept"]
    assert cli("fsck").code == 0
    assert "_synth_review" not in cli("branch").out + cli("log").out


def test_a_protected_branch_takes_nothing_directly(cli: Cli, work: Built) -> None:
    (work.root / "tone.patch").write_text("")
    for command in (
        ("build", "spec.synth", "--branch", "main"),
        ("merge", "more", "--into", "main"),
        ("revert", "main"),
        ("apply", "tone.patch", "--branch", "main"),
        ("decide", "notes", "a", "--reject", "--branch", "main"),
    ):
        refused = cli(*command)
        assert (refused.code, "E1086" in refused.err) == (2, True), command


def test_closed_reopened_and_retitled(cli: Cli, work: Built) -> None:
    cli("pr", "open", "--source", "more")
    assert cli("pr", "close", "1").out == "#1 closed\n"
    assert "E1081" in cli("pr", "approve", "1").err
    assert cli("pr", "reopen", "1").out == "#1 open\n"
    assert cli("pr", "edit", "1", "--title", "Better").out == "#1 Better\n"


def test_a_pull_request_whose_branch_is_gone_can_still_be_read(cli: Cli, work: Built) -> None:
    cli("pr", "open", "--source", "more")
    assert cli("branch", "-d", "more").code == 0
    assert "the branch more is gone" in cli("pr", "show", "1").out
    assert cli("pr", "show", "1", "--json").json["diff"] is None
    assert "E1084" in cli("pr", "approve", "1").err


def test_the_rules_are_shown_recorded_and_then_changed_by_a_pull_request_alone(cli: Cli, work: Built) -> None:
    shown = cli("pr", "policy").out
    assert "approvals   1, the author's does not count" in shown and "not recorded yet" in shown
    assert cli("pr", "policy", "more").out.startswith("more is not protected")
    assert cli("pr", "policy", "--record").out.endswith("with its rules\n")
    assert cli("pr", "policy", "--record").out == "main holds these rules already\n"
    (work.root / "synth.toml").write_text(work.root.joinpath("synth.toml").read_text() + "approvals = 0\n")
    assert "E1086" in cli("pr", "policy", "--record").err
    assert cli("pr", "policy", "more", "--record").code == 0
    found = cli("pr", "policy", "--json").json
    assert (found["recorded"], found["policy"]["approvals"]) == (True, 1)


def test_rules_that_synth_toml_does_not_have_are_not_recorded(cli: Cli, work: Built) -> None:
    (work.root / "synth.toml").write_text('[engines.test]\nkind = "deterministic"\n')
    assert "E1093" in cli("pr", "policy", "--record").err


@pytest.mark.parametrize(("arguments", "code"), [(("show", "9"), "E1080"), (("open", "--source", "main"), "E1083")])
def test_a_mistake_has_a_code(cli: Cli, work: Built, arguments: tuple[str, ...], code: str) -> None:
    refused = cli("pr", *arguments)
    assert (refused.code, code in refused.err) == (2, True)
