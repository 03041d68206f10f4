"""What stands in the way of merging: rules, conflicts, a branch that is gone; shown, and enforced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dsl.diagnostics import Diagnostic
from runtime.decisions import Decision, decide
from runtime.store.port import Unavailable
from tests.page.client import Client
from tests.page.conftest import let_in
from tests.page.project import AUTHOR, DATASET, HOSTILE, REVIEWER, SOURCE, TARGET, Reviewed

PULL = "/api/pulls/1"
POLICY = '[review]\napprovals = 1\nflags = "read"\nbranches = ["main", "tone"]\n'


@pytest.fixture
def guarded(reviewed: Reviewed) -> Reviewed:
    """With a policy that asks for one approval, and for every marked row to be read."""
    _configure(reviewed, POLICY.replace(', "tone"', ""))
    return reviewed


@pytest.fixture
def author(guarded: Reviewed) -> Iterator[Client]:
    with let_in(guarded, AUTHOR) as client:
        yield client


@pytest.fixture
def reviewer(guarded: Reviewed) -> Iterator[Client]:
    with let_in(guarded, REVIEWER) as client:
        yield client


def rules(client: Client) -> dict[str, bool]:
    return {rule["name"]: rule["met"] for rule in client.get(PULL)["rules"]}


def approve(client: Client) -> None:
    body = {"verdict": "approve", "text": "", "digest": client.get(PULL)["digest"]}
    assert client.post(f"{PULL}/reviews", body).status == 200


def test_rules_are_shown_and_enforced_until_they_are_met(author: Client, reviewer: Client) -> None:
    assert rules(reviewer)["approvals"] is False and rules(reviewer)["flags"] is False
    refused = reviewer.post(f"{PULL}/merge", {"digest": reviewer.get(PULL)["digest"]})
    assert (refused.status, refused.codes) == (409, ["E1085"])
    approve(author)
    assert not rules(reviewer)["approvals"], "an author's own approval counts for nothing"
    approve(reviewer)
    assert rules(reviewer)["approvals"] and not reviewer.get(PULL)["mergeable"]
    places = [{"dataset": DATASET, "table": DATASET, "key": key} for key in HOSTILE]
    assert reviewer.post(f"{PULL}/read", {"places": places}).json["mergeable"]
    merged = author.post(f"{PULL}/merge", {"digest": author.get(PULL)["digest"]})
    assert (merged.status, merged.json["state"]) == (200, "merged")


def test_rows_of_a_branch_that_takes_no_commit_are_not_decided_on(reviewed: Reviewed) -> None:
    _configure(reviewed, POLICY)
    with let_in(reviewed) as client:
        body = {
            "decisions": [{"dataset": DATASET, "table": DATASET, "key": "page008", "seen": "", "verdict": "accept"}]
        }
        got = client.post(f"{PULL}/decisions", body)
    assert (got.status, got.codes) == (409, ["E1086"])


def test_conflicts_are_counted_and_stop_a_merge(client: Client, reviewed: Reviewed) -> None:
    edit = Decision(DATASET, "page010", "", "edit", {"note": "Said on main."}, AUTHOR)
    decide(reviewed.store, TARGET, DATASET, [edit])
    pull = client.get(PULL)
    assert (pull["conflicts"], pull["mergeable"]) == (1, False)
    got = client.post(f"{PULL}/merge", {"digest": pull["digest"]})
    assert got.status == 409
    assert got.codes[0].startswith("E106")


def test_what_was_said_can_be_read_when_the_branch_is_gone(client: Client, reviewed: Reviewed) -> None:
    client.post(f"{PULL}/comments", {"text": "Why?"})
    reviewed.store.delete_branch(SOURCE)
    pull = client.get(PULL)
    assert (pull["head"], pull["digest"], pull["mergeable"]) == (None, None, False)
    assert [comment["text"] for comment in pull["comments"]] == ["Why?"]
    assert client.get("/api/pulls")[0]["datasets"] == []
    got = client.ask(f"{PULL}/rows", dataset=DATASET)
    assert (got.status, got.codes) == (409, ["E1084"])


def _configure(reviewed: Reviewed, policy: str) -> None:
    file = reviewed.root / "synth.toml"
    file.write_text(file.read_text() + policy)


def test_a_store_that_could_not_be_asked_once_is_asked_again(
    guarded: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds does not change and is remembered; that a server was away for a minute is not."""
    away = Diagnostic("E1040", "the server cannot be reached")

    def unreachable(*_: object) -> None:
        raise Unavailable(away)

    with let_in(guarded, REVIEWER) as client:
        with monkeypatch.context() as patch:
            patch.setattr("runtime.page.page.outcome", unreachable)
            pull = client.get(PULL)
            assert ([one["code"] for one in pull["problems"]], pull["mergeable"]) == (["E1040"], False)
        assert client.get(PULL)["problems"] == []
