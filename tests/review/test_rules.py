"""A protected branch takes what the rules let in: approvals of this diff, audits that hold, flagged rows read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.config import Config, ReviewConfig
from runtime.decisions import Decision, decide
from runtime.review import Place, Rule, digest, enforce, flagged_rows, merge_pull, refuse_direct, rules
from runtime.review.recorded import POLICY_PATH, Policy, record, recorded
from runtime.store.port import CommitRequest
from tests.review.built import PAGES, Built
from tests.review.desk import ADA, BOB, EVE, Desk, rows, version
from tests.review.test_rebase import take_in

STRICT = Config(review=ReviewConfig(branches=("main",), audits="any", flags="any"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    found.open()
    return found


def codes(error: pytest.ExceptionInfo[SynthError]) -> list[str]:
    return [found.code for found in error.value.diagnostics]


def ruled(desk: Desk, config: Config = STRICT) -> dict[str, Rule]:
    return {rule.name: rule for rule in rules(desk.store, config, desk.reviews.get(1))}


def approve(desk: Desk, by: str) -> None:
    desk.reviews.review(1, "approve", by, desk.reviews.digest(desk.reviews.get(1)))


class TestApprovals:
    def test_one_other_person_is_enough(self, desk: Desk) -> None:
        assert ruled(desk)["approvals"] == Rule("approvals", False, "0 of 1 given")
        approve(desk, BOB)
        assert ruled(desk)["approvals"] == Rule("approvals", True, "1 of 1 given")

    def test_the_author_does_not_count_under_any_spelling(self, desk: Desk) -> None:
        approve(desk, ADA)
        approve(desk, "A. Lovelace <ADA@Example.org>")
        assert ruled(desk)["approvals"] == Rule("approvals", False, "0 of 1 given, 1 by the author")
        alone = Config(review=ReviewConfig(branches=("main",), author_may_approve=True))
        assert ruled(desk, alone)["approvals"].met

    def test_one_person_counts_once(self, desk: Desk) -> None:
        approve(desk, BOB)
        approve(desk, BOB)
        two = Config(review=ReviewConfig(branches=("main",), approvals=2))
        assert ruled(desk, two)["approvals"].text == "1 of 2 given"
        approve(desk, EVE)
        assert ruled(desk, two)["approvals"].met

    def test_another_diff_needs_another_approval(self, desk: Desk) -> None:
        approve(desk, BOB)
        desk.change(r11="one more")
        assert ruled(desk)["approvals"].text == "0 of 1 given, 1 stale"

    def test_who_asks_for_changes_is_heard_until_they_approve(self, desk: Desk) -> None:
        approve(desk, BOB)
        seen = desk.reviews.digest(desk.reviews.get(1))
        desk.reviews.review(1, "request_changes", EVE, seen, "r03 is too stiff")
        assert ruled(desk)["changes"] == Rule("changes", False, f"asked for by {EVE}")
        desk.change(r03="better")
        assert not ruled(desk)["changes"].met
        approve(desk, EVE)
        assert ruled(desk)["changes"].met

    def test_a_branch_that_is_not_protected_has_no_rules(self, desk: Desk) -> None:
        assert rules(desk.store, Config(), desk.reviews.get(1)) == ()


class TestGate:
    def test_what_is_approved_is_merged_and_recorded(self, desk: Desk) -> None:
        approve(desk, BOB)
        source, before = desk.head("tone"), desk.head("main")
        commit = merge_pull(desk.store, STRICT, 1, BOB)
        assert commit.parents == (before, source)
        assert commit.message == "Merge pull request #1: A formal tone"
        assert (commit.metadata["pull"], commit.metadata["by"]) == ("1", BOB)
        pull = desk.reviews.get(1)
        assert (pull.state, pull.merged_commit) == ("merged", commit.id)
        assert not pull.approvals[0].stale
        assert digest(desk.store, before, desk.head("main")) == pull.approvals[0].digest

    def test_asked_again_it_is_the_same_merge(self, desk: Desk) -> None:
        approve(desk, BOB)
        commit = merge_pull(desk.store, STRICT, 1, BOB)
        assert merge_pull(desk.store, STRICT, 1, EVE) == commit

    def test_a_merge_whose_record_was_lost_is_recorded_when_asked_again(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        approve(desk, BOB)
        with monkeypatch.context() as patched:
            patched.setattr("runtime.review.gate._record", lambda *told: None)
            commit = merge_pull(desk.store, STRICT, 1, BOB)
        assert desk.reviews.get(1).state == "open"
        assert merge_pull(desk.store, STRICT, 1, BOB).id == commit.id == desk.head("main")
        assert desk.reviews.get(1).merged_commit == commit.id

    def test_what_is_not_approved_stays_out(self, desk: Desk) -> None:
        with pytest.raises(SynthError) as refused:
            merge_pull(desk.store, STRICT, 1, BOB)
        assert codes(refused) == ["E1085"]
        assert refused.value.diagnostics[0].notes == ("approvals: 0 of 1 given",)

    def test_who_looked_at_another_diff_is_told(self, desk: Desk) -> None:
        seen = desk.reviews.digest(desk.reviews.get(1))
        desk.change(r03="again")
        approve(desk, BOB)
        with pytest.raises(SynthError) as refused:
            merge_pull(desk.store, STRICT, 1, BOB, digest=seen)
        assert codes(refused) == ["E1087"]

    def test_a_target_that_moves_under_the_merge_has_the_rules_looked_at_again(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another cell of a row of the diff is changed on main while the merge is made."""
        approve(desk, BOB)
        commit = desk.store.commit
        others = rows(40)
        others["r03",] = {"answer": "answer r03", "score": 99}

        def slower(request: CommitRequest) -> object:
            if request.branch == "main" and request.merged:
                monkeypatch.undo()
                desk.builder.commit("main", qa=version(others))
            return commit(request)

        monkeypatch.setattr(desk.store, "commit", slower)
        with pytest.raises(SynthError) as refused:
            merge_pull(desk.store, STRICT, 1, BOB)
        assert codes(refused) in (["E1085"], ["E1061"])
        assert len(desk.store.log("main")) == 2
        assert desk.reviews.get(1).state == "open"

    def test_merging_by_hand_is_let_through_for_an_approved_commit_alone(self, desk: Desk) -> None:
        assert enforce(desk.store, Config(), desk.head("tone"), "main") is None
        with pytest.raises(SynthError) as unapproved:
            enforce(desk.store, STRICT, desk.head("tone"), "main")
        approve(desk, BOB)
        assert enforce(desk.store, STRICT, desk.head("tone"), "main") == 1
        desk.branch("other", "tone")
        desk.change("other", r01="sneaked in")
        with pytest.raises(SynthError) as other:
            enforce(desk.store, STRICT, desk.head("other"), "main")
        assert (codes(unapproved), codes(other)) == (["E1085"], ["E1086"])

    def test_a_direct_commit_is_refused_but_for_a_branchs_first(self, desk: Desk) -> None:
        both = Config(review=ReviewConfig(branches=("main", "release")))
        refuse_direct(desk.store, both, "release")
        refuse_direct(desk.store, both, "tone")
        with pytest.raises(SynthError) as refused:
            refuse_direct(desk.store, both, "main")
        assert codes(refused) == ["E1086"]


class TestRecordedPolicy:
    RULES = Policy(branches=("main",), approvals=2, author_may_approve=False, audits="green", flags="read")

    def test_a_laxer_synth_toml_does_not_lift_it(self, desk: Desk) -> None:
        record(desk.store, "main", self.RULES)
        for config in (Config(), STRICT):
            assert ruled(desk, config)["approvals"].text == "0 of 2 given"

    def test_a_stricter_synth_toml_adds_to_it(self, desk: Desk) -> None:
        record(desk.store, "main", self.RULES)
        stricter = Config(review=ReviewConfig(branches=("main",), approvals=3))
        assert ruled(desk, stricter)["approvals"].text == "0 of 3 given"

    def test_recording_it_leaves_approvals_as_they_are(self, desk: Desk) -> None:
        approve(desk, BOB)
        record(desk.store, "main", self.RULES)
        assert ruled(desk)["approvals"].text == "1 of 2 given"

    def test_a_source_that_changes_it_is_held_to_the_old_one_and_changes_the_diff(self, desk: Desk) -> None:
        record(desk.store, "main", self.RULES)
        desk.branch("lax")
        record(desk.store, "lax", Policy(branches=("main",), approvals=0))
        desk.reviews.open("lax", "main", "No rules", "", EVE)
        pull = desk.reviews.get(2)
        found = {rule.name: rule for rule in rules(desk.store, Config(), pull)}
        assert found["approvals"].text == "0 of 2 given"
        for person in (ADA, BOB):
            desk.reviews.review(2, "approve", person, desk.reviews.digest(pull))
        merge_pull(desk.store, Config(), 2, ADA)
        policy = recorded(desk.store, desk.head("main"))
        assert policy is not None and policy.approvals == 0
        record(desk.store, "lax", Policy(branches=("main",), approvals=1))
        assert digest(desk.store, desk.head("main"), desk.head("lax")) != digest(
            desk.store, desk.head("main"), desk.head("main")
        )

    def test_a_branch_that_has_none_or_an_older_one_takes_none_away_by_being_merged(self, desk: Desk) -> None:
        approve(desk, BOB)
        record(desk.store, "main", self.RULES)
        take_in(desk.store, "tone")
        assert recorded(desk.store, desk.head("tone")) == self.RULES
        newer = replace(self.RULES, approvals=1)
        desk.store.delete_branch("tone")
        desk.branch("tone")
        desk.change()
        record(desk.store, "main", newer)
        take_in(desk.store, "tone")
        assert recorded(desk.store, desk.head("tone")) == newer
        assert not desk.reviews.get(1).approvals[0].stale
        merge_pull(desk.store, STRICT, 1, BOB)
        assert recorded(desk.store, desk.head("main")) == newer

    def test_one_that_cannot_be_read_lets_nothing_in(self, desk: Desk) -> None:
        desk.store.commit(
            CommitRequest(
                branch="main",
                changes={POLICY_PATH: b"{}"},
                message="x",
                build_id="x",
                expected=desk.head("main"),
            )
        )
        with pytest.raises(SynthError) as refused:
            merge_pull(desk.store, Config(), 1, BOB)
        assert codes(refused) == ["E1010"]


class TestBuilt:
    def test_flagged_rows_of_the_diff_are_read_first(self, tmp_path: Path) -> None:
        work = Built(tmp_path)
        work.branch("more")
        work.pages(**{**PAGES, "e": "another text of five words", "f": "short"})
        work.build("more")
        reviews, config = work.reviews, work.project.config
        reviews.open("more", "main", "More pages", "", ADA)
        (flagged,) = flagged_rows(work.store, work.head("main"), work.head("more"))
        assert (flagged.place, flagged.statements) == (
            Place("notes", "notes", "e"),
            ("flag page.id when words(page.text) > 3",),
        )

        def rule() -> Rule:
            found = {rule.name: rule for rule in rules(work.store, config, work.reviews.get(1))}
            return found["flags"]

        assert rule() == Rule("flags", False, "notes e not read yet")
        reviews.mark_read(1, BOB, [flagged.place])
        assert rule().met
        work.pages(**{**PAGES, "e": "changed after it was read by Bob"})
        work.build("more")
        assert not rule().met

    def test_a_decision_about_a_flagged_row_is_as_good_and_is_part_of_the_diff(self, tmp_path: Path) -> None:
        work = Built(tmp_path)
        work.branch("more")
        work.pages(**{**PAGES, "e": "another text of five words"})
        work.build("more")
        reviews = work.reviews
        reviews.review(1, "approve", BOB, reviews.digest(reviews.open("more", "main", "More", "", ADA)))
        decide(
            work.store, "more", "notes", [Decision("notes", "e", "", "edit", {"text": "a better text of mine"}, BOB)]
        )
        pull = work.reviews.get(1)
        found = {rule.name: rule for rule in rules(work.store, work.project.config, pull)}
        assert (found["flags"].met, pull.approvals[0].stale) == (True, True)
        with pytest.raises(SynthError) as refused:
            refuse_direct(work.store, work.project.config, "main", "no decision goes there")
        assert codes(refused) == ["E1086"]

    def test_an_audit_that_only_warned_keeps_it_out(self, tmp_path: Path) -> None:
        work = Built(tmp_path)
        work.branch("few")
        work.pages(a="one", b="one two")
        work.build("few", audits="warn")
        work.reviews.open("few", "main", "Few", "", ADA)
        found = {rule.name: rule for rule in rules(work.store, work.project.config, work.reviews.get(1))}
        assert found["audits"] == Rule("audits", False, "notes: kept >= 3")
        work.pages(a="one", b="one two", c="three")
        work.build("few")
        found = {rule.name: rule for rule in rules(work.store, work.project.config, work.reviews.get(1))}
        assert found["audits"].met
