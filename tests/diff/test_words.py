"""Word-level marks: what a reader sees of two texts."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runtime.diff.words import word_marks

ALPHABET = ["a", "loop", "stops", " ", ",", ".", "\n", "世", "界", "é"]
TEXTS = st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join)


def shown(before: str, after: str) -> str:
    signs = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(signs[mark.op].format(mark.text) for mark in word_marks(before, after))


@given(TEXTS | st.text(), TEXTS | st.text())
def test_both_texts_can_be_read_off_the_marks(before: str, after: str) -> None:
    marks = word_marks(before, after)
    assert "".join(mark.text for mark in marks if mark.op != "insert") == before
    assert "".join(mark.text for mark in marks if mark.op != "delete") == after


@given(TEXTS, TEXTS)
def test_marks_alternate_and_none_is_empty(before: str, after: str) -> None:
    marks = word_marks(before, after)
    assert all(mark.text for mark in marks)
    assert all(a.op != b.op for a, b in pairwise(marks))


def test_a_changed_word_is_marked_alone() -> None:
    assert shown("The loop stops at once.", "The loop ends at once.") == "The loop [-stops-]{+ends+} at once."


def test_two_changes_with_a_blank_between_them_are_one() -> None:
    assert shown("it stops at once", "it ends right away") == "it [-stops at once-]{+ends right away+}"


def test_text_without_blanks_is_compared_sign_by_sign() -> None:
    assert shown("东京很大", "东京很小") == "东京很[-大-]{+小+}"


def test_equal_texts_have_one_mark_and_empty_ones_none() -> None:
    assert [mark.op for mark in word_marks("same", "same")] == ["equal"]
    assert word_marks("", "") == ()


def test_in_a_long_text_a_small_change_is_still_found() -> None:
    sentences = [f"Sentence {n} says that the value of item {n % 7} is {n * 31 % 101}." for n in range(20_000)]
    before = " ".join(sentences)
    edited = [s.replace("says", "claims") if n in (40, 9_000, 19_990) else s for n, s in enumerate(sentences)]
    marks = word_marks(before, " ".join(edited))
    assert [mark.text for mark in marks if mark.op == "insert"] == ["claims"] * 3


def test_long_texts_that_share_nothing_to_speak_of_become_one_replacement() -> None:
    marks = word_marks("a b " * 40_000 + "x", "b a " * 40_000 + "y")
    assert {mark.op for mark in marks} <= {"equal", "delete", "insert"}
    assert len(marks) < 10
