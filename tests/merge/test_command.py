"""`synth merge` and `synth revert` as they are typed, over commits of the real table writer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime.review import Reviews
from tests.cli.conftest import Cli
from tests.cli.conftest import cli as cli
from tests.diff.builder import Builder
from tests.merge.sides import row, rows, rows_at, version


@pytest.fixture
def store(tmp_path: Path) -> Builder:
    """`main` and `tone` parted at three rows; both changed the answer of k1, and each another row."""
    builder = Builder(tmp_path / ".synth")
    base = builder.commit("main", qa=version(rows(1, 2, 3)))
    builder.store.create_branch("tone", base)
    builder.commit("main", qa=version({**rows(2, 3, 4), ("k1",): row(1, answer="ours")}))
    builder.commit("tone", qa=version({**rows(3), ("k1",): row(1, answer="theirs"), ("k2",): row(2, score=9)}))
    return builder


def test_a_conflict_is_printed_with_all_sides_and_nothing_is_committed(store: Builder, cli: Cli) -> None:
    before = store.store.head("main")
    ran = cli("merge", "tone")
    assert ran.code == 1
    assert "qa  k1  answer" in ran.out
    assert "main    ours" in ran.out
    assert "tone    theirs" in ran.out
    assert "`synth merge tone --conflicts FILE`" in ran.out
    assert store.store.head("main") == before


@pytest.mark.parametrize("file", ["c.jsonl", "c.csv"])
def test_conflicts_are_decided_in_a_file_and_given_back(store: Builder, cli: Cli, tmp_path: Path, file: str) -> None:
    assert cli("merge", "tone", "--conflicts", file).code == 1
    path = tmp_path / file
    text = path.read_text()
    filled = text.replace('"take":""', '"take":"theirs"') if file.endswith("jsonl") else text.replace(",,", ",theirs,")
    path.write_text(filled)
    ran = cli("merge", "tone", "--resolve", file, "-m", "Kinder")
    assert (ran.code, ran.err) == (0, "")
    assert "1 row from tone, 1 row from main, 1 resolved" in ran.out
    assert rows_at(store.store, "main") == {
        "k1": row(1, answer="theirs"),
        "k2": row(2, score=9),
        "k3": row(3),
        "k4": row(4),
    }
    assert store.store.get(store.store.resolve("main")).message == "Kinder"


def test_one_side_can_be_taken_everywhere(store: Builder, cli: Cli) -> None:
    assert cli("merge", "tone", "--theirs").code == 0
    assert rows_at(store.store, "main")["k1"]["answer"] == "theirs"
    assert cli("merge", "main", "--ours", "--theirs").code == 2


def test_a_dry_run_says_what_would_come_and_commits_nothing(store: Builder, cli: Cli) -> None:
    before = store.store.head("main")
    ran = cli("merge", "tone", "--theirs", "--dry-run")
    assert ran.code == 0
    assert "Nothing was committed" in ran.out
    assert store.store.head("main") == before


def test_a_dataset_that_the_other_side_removed_is_told_to_go(tmp_path: Path, cli: Cli) -> None:
    builder = Builder(tmp_path / ".synth")
    base = builder.commit("main", qa=version(rows(1, 2, 3)), other=version(rows(1)))
    builder.store.create_branch("gone", base)
    builder.commit("gone", qa=None)
    ran = cli("merge", "gone", "--dry-run")
    assert ran.out.splitlines()[0] == "qa  removed with its 3 rows: not in gone"
    assert cli("merge", "gone", "--json").json["datasets"] == {"qa": "removed"}


def test_a_merge_that_changes_no_row_says_so(tmp_path: Path, cli: Cli) -> None:
    builder = Builder(tmp_path / ".synth")
    base = builder.commit("main", qa=version(rows(1, 2, 3)))
    builder.store.create_branch("words", base)
    builder.commit("words", qa=version(rows(1, 2, 3), spec="d1"))
    assert "qa  no row changes, only what is told of how they came about" in cli("merge", "words", "--dry-run").out


def test_a_conflict_of_a_whole_row_shows_the_columns_that_differ(tmp_path: Path, cli: Cli) -> None:
    builder = Builder(tmp_path / ".synth")
    base = builder.commit("main", qa=version(rows(1, 2)))
    builder.store.create_branch("tone", base)
    builder.commit("main", qa=version(rows(1)))
    builder.commit("tone", qa=version({**rows(1), ("k2",): row(2, score=9)}))
    shown = [line.split() for line in cli("merge", "tone").out.splitlines()]
    assert ["before", '{"score":2}'] in shown
    assert ["tone", '{"score":9}'] in shown


def test_a_merge_into_another_branch_leaves_the_current_one(store: Builder, cli: Cli) -> None:
    before = store.store.head("main")
    assert cli("merge", "main", "--into", "tone", "--ours").code == 0
    assert store.store.head("main") == before
    assert rows_at(store.store, "tone")["k1"]["answer"] == "theirs"


def test_json_holds_tables_conflicts_and_problems(store: Builder, cli: Cli) -> None:
    found = cli("merge", "tone", "--json")
    assert found.code == 1
    assert found.json["commit"] is None
    (conflict,) = found.json["conflicts"]
    assert (conflict["key"], conflict["column"], conflict["ours"]) == ("k1", "answer", "ours")
    (table,) = found.json["tables"]
    assert (table["from_ours"], table["from_theirs"], table["conflicts"]) == (1, 1, 1)
    done = cli("merge", "tone", "--ours", "--json").json
    assert done["commit"] == store.store.head("main")


def test_merging_twice_is_up_to_date(store: Builder, cli: Cli) -> None:
    cli("merge", "tone", "--ours")
    ran = cli("merge", "tone")
    assert ran.code == 0
    assert "Nothing to do" in ran.out
    assert len(store.store.log("main")) == 4


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("merge", "none"), "E1001"),
        (("merge", "main"), "E1067"),
        (("merge", "HEAD"), "E1067"),
        (("merge", "tone", "--into", "none"), "E1001"),
        (("merge", "tone", "--resolve", "none.jsonl"), "E1066"),
        (("revert", "none"), "E1001"),
    ],
)
def test_a_mistake_in_the_call_is_told_with_a_way_out(
    store: Builder, cli: Cli, arguments: tuple[str, ...], code: str
) -> None:
    before = store.store.branches()
    ran = cli(*arguments)
    assert (ran.code, code in ran.err, "Traceback" in ran.err) == (2, True, False)
    assert store.store.branches() == before


def test_a_decision_about_no_conflict_is_told(store: Builder, cli: Cli, tmp_path: Path) -> None:
    line = {"dataset": "qa", "table": "qa", "key": "k3", "column": "answer", "take": "ours"}
    (tmp_path / "c.jsonl").write_text(json.dumps(line) + "\n")
    ran = cli("merge", "tone", "--resolve", "c.jsonl")
    assert (ran.code, "E1066" in ran.err) == (2, True)


def test_a_revert_takes_back_the_last_commit_and_a_second_one_brings_it_again(store: Builder, cli: Cli) -> None:
    assert cli("revert", "HEAD").code == 0
    assert rows_at(store.store, "main") == {"k1": row(1), "k2": row(2), "k3": row(3)}
    assert cli("revert", "HEAD").code == 0
    assert rows_at(store.store, "main")["k1"] == row(1, answer="ours")
    assert cli("revert", "HEAD~2").code == 0
    assert "k4" not in rows_at(store.store, "main")


def test_a_revert_of_what_changed_since_asks(store: Builder, cli: Cli) -> None:
    store.commit("main", qa=version({**rows(2, 3, 4), ("k1",): row(1, answer="later")}))
    ran = cli("revert", "HEAD~1")
    assert ran.code == 1
    assert "k1" in ran.out
    assert cli("revert", "HEAD~1", "--ours").code == 0
    assert rows_at(store.store, "main") == {"k1": row(1, answer="later"), "k2": row(2), "k3": row(3)}


def test_a_protected_branch_takes_no_merge_that_nobody_reviewed(store: Builder, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text('[review]\nbranches = ["main"]\napprovals = 1\n')
    for arguments in (("merge", "tone", "--theirs"), ("revert", "HEAD")):
        ran = cli(*arguments)
        assert (ran.code, "E1086" in ran.err) == (2, True), ran.err
    assert len(store.store.log("main")) == 2


def test_a_protected_branch_takes_a_pull_request_as_it_was_seen_and_no_decision_made_while_merging(
    store: Builder, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "synth.toml").write_text('[review]\nbranches = ["main"]\napprovals = 0\n')
    pull = Reviews(store.store).open("tone", "main", "Kinder", "", "Ada <ada@example.org>")
    ran = cli("merge", "tone", "--theirs")
    assert (ran.code, "E1070" in ran.err) == (2, True), ran.err
    assert cli("merge", "main", "--into", "tone", "--ours").code == 0
    assert cli("merge", "tone").code == 0
    assert Reviews(store.store).get(pull.number).merged_commit == store.store.head("main")
    assert rows_at(store.store, "main")["k1"]["answer"] == "theirs"
