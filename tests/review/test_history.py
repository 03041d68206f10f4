"""Afterwards it can be shown that a protected branch holds what was approved; whoever went around the gate is found."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.config import Config, Project, ReviewConfig
from runtime.merge import commit_merge, merge
from runtime.review import events, merge_pull, open_reviews
from runtime.review.history import History, verify_history
from runtime.review.log import BRANCH
from runtime.review.recorded import Policy, record
from runtime.store.port import CommitRequest, Unavailable
from tests.review.built import PAGES, Built
from tests.review.desk import ADA, BOB, EVE, Desk, rows, version
from tests.review.test_signing import SIGNED, key_of, signers, signing

STRICT = Config(review=ReviewConfig(branches=("main",), audits="any", flags="any"))
RULES = Policy(branches=("main",), approvals=1, author_may_approve=False)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A policy is recorded in `main`, and one pull request went through it."""
    found = Desk(tmp_path / "store")
    record(found.store, "main", RULES)
    merged(found)
    return found


def merged(desk: Desk) -> None:
    pull = desk.open()
    desk.reviews.review(pull.number, "approve", BOB, desk.reviews.digest(pull))
    merge_pull(desk.store, STRICT, pull.number, BOB)


def wrong(desk: Desk, config: Config = STRICT) -> list[str]:
    return [finding.what for finding in verify_history(desk.store, config, "main").findings]


def put(desk: Desk, branch: str, changes: dict[str, bytes | None], name: str) -> None:
    desk.store.commit(
        CommitRequest(branch=branch, changes=changes, message=name, build_id=name, expected=desk.head(branch))
    )


def test_what_was_approved_and_merged_is_in_order(desk: Desk) -> None:
    found = verify_history(desk.store, STRICT)
    assert found == History(("main",), ("main",), events=3, merges=1, commits=1, before=2)


def test_no_policy_of_ones_own_is_needed_to_check_a_recorded_one(desk: Desk) -> None:
    assert verify_history(desk.store, Config()).branches == ("main",)


def test_a_server_that_stops_answering_is_no_finding(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(commit: str, path: str) -> bytes:
        raise Unavailable(Diagnostic("E1040", "the server cannot be reached"))

    monkeypatch.setattr(desk.store, "read", silent)
    with pytest.raises(SynthError, match="E1040"):
        verify_history(desk.store, STRICT)


def test_a_direct_commit_is_found(desk: Desk) -> None:
    desk.builder.commit("main", qa=version(rows(12)))
    (found,) = verify_history(desk.store, STRICT).findings
    assert found.where == desk.head("main")
    assert found.what.startswith("came by no pull request: build")


def test_a_policy_that_was_lifted_by_hand_is_found(desk: Desk) -> None:
    record(desk.store, "main", Policy(branches=("main",), approvals=0))
    assert wrong(desk) == [f"came by no pull request: Record the review policy ({desk.store.log('main')[0].author})"]


def test_a_record_that_names_other_commits_is_found(desk: Desk) -> None:
    """Somebody commits to the branch, and writes into the log that it was a merge."""
    desk.branch("quick")
    desk.change("quick", r01="unseen")
    desk.reviews.open("quick", "main", "Quick", "", EVE)
    direct = desk.builder.commit("main", qa=version(rows(39, r01="unseen"), "s1"))
    desk.reviews.record_merged(2, EVE, direct, source=desk.head("quick"))
    assert wrong(desk) == ["pull request #2: the log of reviews says that other commits were merged"]


def test_a_merge_with_other_rows_than_were_approved_is_found(desk: Desk) -> None:
    desk.branch("next")
    desk.change("next", r01="seen")
    pull = desk.reviews.open("next", "main", "Next", "", ADA)
    desk.reviews.review(2, "approve", BOB, desk.reviews.digest(pull))
    source = desk.head("next")
    desk.branch("forged")
    desk.change("forged", r01="seen", r02="smuggled in")
    tree = {entry.path: entry for entry in desk.store.entries(desk.head("forged"))}
    request = CommitRequest(
        branch="main",
        changes={path: entry.id for path, entry in tree.items()},
        message="Merge pull request #2: Next",
        build_id="forged",
        expected=desk.head("main"),
        merged=source,
    )
    made = desk.store.commit(request)
    desk.reviews.record_merged(2, BOB, made.id, source=source, digest=desk.reviews.get(2).approvals[0].digest)
    assert wrong(desk) == ["pull request #2: the commit holds other rows than were approved"]


def test_a_merge_before_its_approval_is_found(desk: Desk) -> None:
    desk.branch("next")
    desk.change("next", r01="later")
    pull = desk.reviews.open("next", "main", "Next", "", ADA)
    seen = desk.reviews.digest(pull)
    made = commit_merge(desk.store, "main", merge(desk.store, desk.head("main"), desk.head("next")), "Merge", ADA)
    assert wrong(desk) == [f"came by no pull request: Merge ({made.author})"]
    desk.reviews.record_merged(2, ADA, made.id, source=desk.head("next"), digest=seen)
    assert wrong(desk) == ["pull request #2: was merged against the rule approvals: 0 of 1 given"]


def test_events_that_were_taken_out_are_found(desk: Desk) -> None:
    paths = [entry.path for entry in desk.store.entries(desk.head(BRANCH), events.FOLDER)]
    approval = sorted(paths, key=lambda path: path.rpartition("/")[2])[1]
    put(desk, BRANCH, {approval: None}, "hush")
    found = wrong(desk)
    assert "takes events out of the log of reviews, or rewrites them" in found
    assert any(what.startswith("does not follow the event before it") for what in found)
    assert "pull request #1: was merged against the rule approvals: 0 of 1 given" in found


def test_a_log_that_was_thrown_away_is_found(desk: Desk) -> None:
    desk.store.delete_branch(BRANCH)
    (what,) = wrong(desk)
    assert what.startswith("says that it merges pull request #1, which the log of reviews does not")


def test_a_branch_that_was_set_back_is_found(desk: Desk) -> None:
    at = desk.head("main")
    desk.store.delete_branch("main")
    desk.store.create_branch("main", desk.store.get(at).parents[0])
    assert wrong(desk) == [f"pull request #1 was merged as {at}, which is not there"]


def test_a_branch_that_nobody_protects_is_a_mistake_to_ask_for(desk: Desk) -> None:
    with pytest.raises(SynthError) as refused:
        verify_history(desk.store, STRICT, "tone")
    assert refused.value.diagnostics[0].code == "E1093"


def test_forged_signatures_and_unsigned_approvals_are_found(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store")
    (tmp_path / "synth.toml").write_text(SIGNED.format(key=key_of(tmp_path, ADA)))
    (tmp_path / "signers").write_text(signers(tmp_path, ADA, BOB))
    project = Project.find(tmp_path)
    record(desk.store, "main", Policy(("main",), 1, False, signatures="required", signers=signers(tmp_path, ADA, BOB)))
    reviews = open_reviews(project, desk.store, desk.clock)
    seen = reviews.digest(reviews.open("tone", "main", "Formal", "", ADA))
    signing(tmp_path, desk, BOB).review(1, "approve", BOB, seen)
    made = merge_pull(desk.store, project.config, 1, ADA, reviews=reviews)
    assert wrong(desk, project.config) == []
    signing(tmp_path, desk, EVE).comment(1, "I agree", BOB)
    assert wrong(desk, project.config) == [f"the signature of {BOB} under #1: comment does not hold"]
    assert made.id == desk.head("main")


def test_a_dataset_made_from_another_version_of_one_beside_it_is_told(tmp_path: Path) -> None:
    work = Built(tmp_path)
    text = (tmp_path / "spec.synth").read_text() + LETTERS
    (tmp_path / "spec.synth").write_text(text)
    work.branch("more")
    work.build("more")
    assert verify_history(work.store, protecting("more")).outdated == []
    work.pages(**{**PAGES, "a": "changed"})
    (tmp_path / "spec.synth").write_text(text.replace(LETTERS, ""))
    work.build("more")
    found = verify_history(work.store, protecting("more")).outdated
    assert [(old.dataset, old.input) for old in found] == [("letters", "notes")]
    assert verify_history(work.store, Config()).outdated == found


LETTERS = """
dataset letters {
  each note from notes
  emit { text = note.text }
}
"""


def protecting(branch: str) -> Config:
    return Config(review=ReviewConfig(branches=(branch,)))


def test_git_itself_finds_the_store_whole(desk: Desk) -> None:
    command = ["git", "-C", str(desk.folder / "store.git"), "fsck", "--strict", "--full"]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
