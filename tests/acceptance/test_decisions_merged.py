"""What people decided on two branches comes together in a merge, is settled where it differs, and can be reverted."""

from __future__ import annotations

from collections.abc import Callable

from runtime.decisions import decide
from runtime.merge import commit_merge, merge, revert
from runtime.store.port import CommitId
from tests.acceptance.deciding import Desk, edit, numbered, reject


def merged(one: Desk, source: str) -> CommitId:
    store = one.work.store
    ours, theirs = store.head("main"), store.head(source)
    assert ours is not None and theirs is not None
    return commit_merge(store, "main", merge(store, ours, theirs), f"Merge {source}").id


def test_decisions_on_a_branch_travel_with_the_merge_and_the_next_build_applies_them(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(8), target="target = 4")
    one.settled()
    head = one.work.head
    assert head is not None
    one.work.store.create_branch("review", head)
    decide(one.work.store, "review", "lines", [reject("1"), edit("2", "by hand")])
    assert one.lines() == {str(n): f"line {n}" for n in range(4)}
    merged(one, "review")
    assert one.lines() == {"0": "line 0", "2": "by hand", "3": "line 3"}
    assert not one.settled().warnings
    assert one.lines() == {"0": "line 0", "2": "by hand", "3": "line 3", "4": "line 4"}


def test_decisions_of_two_branches_come_together(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(6), target="target = 4")
    one.settled()
    head = one.work.head
    assert head is not None
    one.work.store.create_branch("review", head)
    decide(one.work.store, "review", "lines", [reject("1"), edit("3", "by hand")])
    one.decide(reject("0"), edit("2", "mine"), edit("3", "by hand"))
    merged(one, "review")
    assert one.states() == {"0": "applied", "1": "applied", "2": "applied", "3": "applied"}
    assert one.counts()[2] == {"decision": 2}
    one.settled()
    assert one.lines() == {"2": "mine", "3": "by hand", "4": "line 4", "5": "line 5"}


def test_two_decisions_about_one_row_are_a_conflict_to_settle(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(4))
    one.settled()
    head = one.work.head
    assert head is not None
    one.work.store.create_branch("review", head)
    decide(one.work.store, "review", "lines", [edit("1", "theirs")])
    one.decide(edit("1", "ours"))
    theirs, ours = one.work.store.head("review"), one.work.head
    assert theirs is not None and ours is not None
    found = merge(one.work.store, ours, theirs)
    assert {conflict.table for conflict in found.conflicts} == {"lines", "decisions"}
    commit_merge(one.work.store, "main", merge(one.work.store, ours, theirs, prefer="theirs"), "Merge review")
    assert not one.settled().warnings and one.lines()["1"] == "theirs"


def test_reverting_takes_decisions_back(desk: Callable[..., Desk]) -> None:
    one = desk(numbered(4))
    one.settled()
    before = one.work.at("lines").manifest
    decision = one.decide(reject("1"), edit("2", "by hand"))
    commit_merge(one.work.store, "main", revert(one.work.store, decision, decision), "Take it back")
    one.settled()
    assert one.work.at("lines").manifest == before
