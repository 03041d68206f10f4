"""A pull request's life: each thing a person does is an event, and the events add up to what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.review import Place, describe
from runtime.review.log import BRANCH
from tests.review.desk import ADA, BOB, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def code(error: pytest.ExceptionInfo[SynthError]) -> str:
    return error.value.diagnostics[0].code


class TestLife:
    def test_what_is_opened_can_be_listed_and_read(self, desk: Desk) -> None:
        pull = desk.open(description="As the style guide says.")
        assert (pull.number, pull.state, pull.author, pull.source) == (1, "open", ADA, "tone")
        assert desk.reviews.get(1) == pull
        assert desk.reviews.list() == (pull,)
        assert [describe(event) for event in pull.events] == ["opened: tone into main"]

    def test_numbers_count_and_the_newest_is_first(self, desk: Desk) -> None:
        desk.open()
        desk.branch("other", "tone")
        desk.open(source="other")
        assert [pull.number for pull in desk.reviews.list()] == [2, 1]

    def test_comments_stand_on_the_whole_a_row_or_a_cell_and_answer_each_other(self, desk: Desk) -> None:
        desk.open()
        at = Place("qa", "qa", "r03", "answer")
        first = desk.reviews.comment(1, "why so stiff?", BOB, at=at).comments[0]
        pull = desk.reviews.comment(1, "the guide", ADA, reply_to=first.id[:6])
        assert [(c.by, c.text, c.at, c.reply_to) for c in pull.comments] == [
            (BOB, "why so stiff?", at, None),
            (ADA, "the guide", None, first.id),
        ]

    def test_closed_and_reopened_and_edited(self, desk: Desk) -> None:
        desk.open()
        assert desk.reviews.close(1, ADA).state == "closed"
        assert desk.reviews.list() == ()
        assert [pull.number for pull in desk.reviews.list("closed")] == [1]
        assert desk.reviews.reopen(1, ADA).state == "open"
        edited = desk.reviews.edit(1, ADA, title="Formal")
        assert (edited.title, edited.author) == ("Formal", ADA)

    def test_a_review_is_of_the_diff_that_was_seen(self, desk: Desk) -> None:
        pull = desk.open()
        (approval,) = desk.reviews.review(1, "approve", BOB, desk.reviews.digest(pull), "fine").approvals
        assert (approval.verdict, approval.by, approval.text, approval.stale) == ("approve", BOB, "fine", False)

    def test_a_row_that_was_read_is_known_as_it_was(self, desk: Desk) -> None:
        desk.open()
        unchanged, changed = Place("qa", "qa", "r05"), Place("qa", "qa", "r03")
        (read,) = desk.reviews.mark_read(1, BOB, [unchanged, changed]).read
        assert (read.place, read.by, len(read.hash)) == (changed, BOB, 32)

    def test_a_merge_is_the_end(self, desk: Desk) -> None:
        desk.open()
        pull = desk.reviews.record_merged(1, ADA, desk.head("tone"), source=desk.head("tone"))
        assert (pull.state, pull.merged_commit) == ("merged", desk.head("tone"))
        assert desk.reviews.record_merged(1, ADA, desk.head("tone")) == pull

    def test_the_log_is_no_branch_of_data_and_only_ever_grows(self, desk: Desk) -> None:
        desk.open()
        desk.reviews.comment(1, "one", ADA)
        newest, oldest = desk.store.log(BRANCH)
        found = desk.store.changed(oldest.id, newest.id)
        assert (len(found.added), found.removed, found.changed) == (1, (), ())
        assert [commit.message for commit in (newest, oldest)] == ["#1: comment", "#1: opened"]

    def test_text_that_is_half_a_character_is_kept_as_text(self, desk: Desk) -> None:
        assert desk.open(title="tone \udcff").title == "tone ?"


class TestMistakes:
    def test_an_unknown_number(self, desk: Desk) -> None:
        with pytest.raises(SynthError) as none_yet:
            desk.reviews.get(1)
        assert code(none_yet) == "E1080"
        desk.open()
        with pytest.raises(SynthError) as other:
            desk.reviews.comment(7, "what?", ADA)
        assert other.value.diagnostics[0].notes == ("pull requests: #1",)

    def test_what_is_closed_takes_no_review_and_can_be_reopened_once(self, desk: Desk) -> None:
        pull = desk.open()
        seen = desk.reviews.digest(pull)
        desk.reviews.close(1, ADA)
        with pytest.raises(SynthError) as refused:
            desk.reviews.review(1, "approve", BOB, seen)
        assert code(refused) == "E1081"
        desk.reviews.reopen(1, ADA)
        with pytest.raises(SynthError) as again:
            desk.reviews.reopen(1, ADA)
        assert code(again) == "E1081"

    def test_one_of_the_same_branches_is_open_already(self, desk: Desk) -> None:
        desk.open()
        with pytest.raises(SynthError) as refused:
            desk.open()
        assert code(refused) == "E1082"

    @pytest.mark.parametrize(
        ("source", "expected"), [("main", "E1083"), ("nowhere", "E1001"), ("no way", "E1002"), (BRANCH, "E1002")]
    )
    def test_a_source_that_brings_nothing(self, desk: Desk, source: str, expected: str) -> None:
        with pytest.raises(SynthError) as refused:
            desk.open(source=source)
        assert code(refused) == expected

    def test_a_source_that_is_gone(self, desk: Desk) -> None:
        pull = desk.open()
        desk.store.delete_branch("tone")
        with pytest.raises(SynthError) as refused:
            desk.reviews.digest(pull)
        assert code(refused) == "E1084"
        assert desk.reviews.list()[0].number == 1

    def test_a_diff_that_changed_since_it_was_seen(self, desk: Desk) -> None:
        pull = desk.open()
        seen = desk.reviews.digest(pull)
        desk.change(r07="another")
        for digest in (seen, "", "12"):
            with pytest.raises(SynthError) as refused:
                desk.reviews.review(1, "approve", BOB, digest)
            assert code(refused) == "E1087"

    def test_a_comment_that_is_not_there(self, desk: Desk) -> None:
        desk.open()
        with pytest.raises(SynthError) as refused:
            desk.reviews.comment(1, "yes", ADA, reply_to="abc")
        assert code(refused) == "E1090"

    def test_a_text_that_says_nothing(self, desk: Desk) -> None:
        pull = desk.open()
        with pytest.raises(SynthError) as refused:
            desk.reviews.comment(1, " \n", ADA)
        assert code(refused) == "E1091"
        with pytest.raises(SynthError):
            desk.reviews.review(1, "request_changes", BOB, desk.reviews.digest(pull))
