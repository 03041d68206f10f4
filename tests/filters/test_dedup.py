"""Duplicates: what counts as the same, what counts as like, and that order alone decides which one stays."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.filters import Duplicate, deduplicator
from runtime.filters.canonical import like_text, same_text
from runtime.filters.minhash import SIZE, likeness, shingles, signature
from runtime.filters.neighbours import Neighbours, band_length

WORDS = ("loop", "name", "bound", "scope", "value", "yield", "raise", "class", "frame", "global", "nested", "import")


def sentence(words: int, seed: int) -> str:
    source = random.Random(seed)
    return " ".join(source.choice(WORDS) + str(source.randrange(100)) for _ in range(words))


def true_likeness(one: str, other: str) -> float:
    first, second = set(shingles(one).tolist()), set(shingles(other).tolist())
    return len(first & second) / len(first | second)


def edited(text: str, edits: int, seed: int) -> str:
    source, words = random.Random(seed), text.split()
    for _ in range(edits):
        words[source.randrange(len(words))] = "changed"
    return " ".join(words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("caf\u00e9", "cafe\u0301"),
        ("two lines  \r\nof text\n", "two lines\nof text"),
        ({"b": 1, "a": [2]}, {"a": [2], "b": 1}),
    ],
)
def test_what_a_reader_cannot_tell_apart_is_the_same(one: object, other: object) -> None:
    assert same_text(one) == same_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Why?", "why?"), ("if a:\n  b\nc", "if a:\n  b\n  c"), ("a b", "a  b"), (1, 1.0), ([1, 2], [2, 1])],
)
def test_what_a_reader_can_tell_apart_is_not_the_same(one: object, other: object) -> None:
    assert same_text(one) != same_text(other)


@given(st.text())
def test_canonical_texts_stay_as_they_are(text: str) -> None:
    assert same_text(same_text(text)) == same_text(text)
    assert like_text(like_text(text)) == like_text(text)


def test_the_first_stays_and_later_ones_name_it() -> None:
    seen = deduplicator("exact")
    assert seen.admit("a/1", "What?") is None
    assert seen.admit("b/1", "Why?") is None
    assert seen.admit("c/1", "What?\n") == Duplicate("a/1", 1.0)
    assert seen.admit("d/1", "What?") == Duplicate("a/1", 1.0)


@pytest.mark.parametrize("method", ["exact", "minhash", "meaning"])
def test_null_duplicates_nothing(method: str) -> None:
    seen = deduplicator(method, None if method == "exact" else 0.8)
    assert [seen.admit(key, None) for key in "abc"] == [None] * 3
    assert seen.admit("d", "text") is None
    assert seen.admit("e", "text") == Duplicate("d", 1.0)


def test_an_unknown_method_or_a_likeness_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="sound"):
        deduplicator("sound", 0.9)
    with pytest.raises(ValueError, match="likeness"):
        deduplicator("minhash", 0.0)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("What happens to the rest of the loop?", "what happens  to the rest of the loop?", True),
        ("What happens to the rest of the loop?", "What happens to the rest of the loops?", True),
        ("What happens to the rest of the loop?", "Why is the name bound in the inner scope?", False),
        ("這個循環的其餘部分會發生什麼事情呢", "這個循環的其餘部分會發生什麼事情嗎", True),
        ("這個循環的其餘部分會發生什麼事情呢", "為什麼名稱綁定在內部作用域之中呢", False),
        ("Hi", "hi", True),
        ("Hi", "Ho", False),
        ("", " ", True),
    ],
)
def test_texts_like_each_other_are_found_in_any_script_and_length(one: str, other: str, alike: bool) -> None:
    seen = deduplicator("minhash", 0.7)
    assert seen.admit("first", one) is None
    assert (seen.admit("second", other) is not None) == alike


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 30))
def test_the_estimate_is_near_the_true_likeness(seed: int, edits: int) -> None:
    """Within five standard errors, and a little for the few words these texts are made of."""
    one = sentence(40, seed)
    other = edited(one, edits, seed)
    true = true_likeness(one, other)
    estimate = float(likeness(signature(one), signature(other)[None, :])[0])
    assert abs(estimate - true) <= 5 * (true * (1 - true) / SIZE) ** 0.5 + 0.03


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
def test_bands_find_pairs_at_the_threshold(threshold: float) -> None:
    length = band_length(threshold)
    assert SIZE % length == 0
    assert 1 - (1 - threshold**length) ** (SIZE // length) >= 0.999


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.95])
def test_bands_find_what_comparing_with_all_finds(threshold: float) -> None:
    """Over more signatures than the tables begin with, so that they grow; the rest is band_length's recall."""
    near, held, missed, found = Neighbours(threshold), list[np.ndarray[tuple[int], np.dtype[np.uint16]]](), 0, 0
    for number in range(600):
        text = edited(sentence(30, number // 3), number % 3, number)
        one = signature(text)
        likely = likeness(one, np.array(held)) if held else np.zeros(0)
        expected = np.flatnonzero(likely >= threshold)
        answer = near.find(one)
        if answer is not None:
            assert answer == (int(expected[0]), float(likely[expected[0]]))
            found += 1
        elif len(expected):
            missed += 1
        assert near.add(one) == number
        held.append(one)
    assert found > 15
    assert missed <= 2


def test_order_decides_who_stays() -> None:
    texts = {f"key {n}": edited(sentence(30, n // 2), n % 2, n) for n in range(60)}
    one, again, backwards = (deduplicator("minhash", 0.6) for _ in range(3))
    answers = [one.admit(key, text) for key, text in texts.items()]
    assert answers == [again.admit(key, text) for key, text in texts.items()]
    reasons = {found.of for key in reversed(texts) if (found := backwards.admit(key, texts[key]))}
    assert all(int(key.split()[1]) % 2 == 1 for key in reasons)


def test_memory_for_each_admitted_text_is_bounded_whatever_its_length() -> None:
    seen, text = deduplicator("minhash", 0.8), sentence(2_000, 0)
    seen.admit("first", text)
    tracemalloc.start()
    for number in range(300):
        seen.admit(str(number), sentence(100, number))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held / 300 < 1_000


def test_tables_that_grow_many_signatures_at_a_time_find_what_was_linked_one_by_one() -> None:
    """Numbers from a small range, so that many agree in a band."""
    source = np.random.default_rng(4)
    given_signatures = source.integers(0, 6, (1_500, SIZE)).astype(np.uint16)
    near = Neighbours(0.5)
    for signature_ in given_signatures:
        near.add(signature_)
    for wanted in range(0, 1_500, 50):
        likenesses = (given_signatures == given_signatures[wanted]).mean(axis=1)
        (first, *_) = np.flatnonzero(likenesses >= 0.5)
        assert near.find(given_signatures[wanted]) == (int(first), float(likenesses[first]))
