"""Support: a share of the other samples, in the claims' own shape, each pair asked about once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import library as fn
from compiler.functions.elements import Elements
from runtime.program.consistency import supported


def shared(sample: str, claim: Any) -> bool:
    """A sample says so when it holds the claim's letter."""
    return (claim["text"] if isinstance(claim, dict) else claim) in sample


def test_a_claim_is_held_against_every_sample_but_its_own() -> None:
    found = supported([["a", "z"], ["b"], []], ["az", "ab", "ab"], shared)
    assert [[fn.support(claim) for claim in claims] for claims in found] == [[1.0, 0.0], [0.5], []]
    assert found == [["a", "z"], ["b"], []]


def test_samples_that_failed_are_neither_asked_nor_counted() -> None:
    asked: list[str] = []

    def says(sample: str, claim: str) -> bool:
        asked.append(sample)
        return True

    found = supported([["a"], None, ["b"]], ["x", None, "y"], says)
    assert asked == ["y", "x"]
    assert found[1] is None
    assert [fn.support(found[0][0]), fn.support(found[2][0])] == [1.0, 1.0]


def test_without_another_sample_support_is_null() -> None:
    found = supported([["a"]], ["a"], shared)
    assert fn.support(found[0][0]) is None
    assert fn.mean_support(found) is None


def test_the_own_sample_is_told_by_its_place_after_a_where() -> None:
    drafts = Elements(["ab", "b"], [0, 2])
    found = supported(Elements([["b"], ["a"]], [2, 0]), drafts, shared)
    assert [fn.support(found[0][0]), fn.support(found[1][0])] == [1.0, 0.0]
    assert found.places == (2, 0)


def test_a_pair_is_asked_about_once() -> None:
    asked: list[tuple[str, str]] = []

    def says(sample: str, claim: Any) -> bool:
        asked.append((sample, claim["text"]))
        return True

    same = {"text": "a"}
    supported([[same, dict(same)], [dict(same)], [dict(same)]], ["x", "x", "x"], says)
    assert asked == [("x", "a")]


def test_support_goes_through_the_methods_and_equality_ignores_it() -> None:
    claims = supported([[{"text": "a"}, {"text": "z"}], [{"text": "a"}]], ["az", "a"], shared)
    flat = fn.list_flat(claims)
    top = fn.list_top(fn.list_unique(flat, by=lambda it: it["text"]), 2, by=lambda it: fn.support(it))
    assert [(it["text"], fn.support(it), fn.score(it)) for it in top] == [("a", 1.0, 1.0), ("z", 0.0, 0.0)]
    assert fn.list_same_as(top, [{"text": "z"}, {"text": "a"}])
    assert top[0] == {"text": "a"}


@given(st.lists(st.tuples(st.text("abcde", max_size=4), st.lists(st.sampled_from("abcde"), max_size=4)), max_size=6))
def test_support_is_what_counting_gives(samples: list[tuple[str, list[str]]]) -> None:
    texts, claims = [text for text, _ in samples], [made for _, made in samples]
    found = supported(claims, texts, shared)
    for own, made in enumerate(claims):
        others = [text for at, text in enumerate(texts) if at != own]
        for at, claim in enumerate(made):
            wanted = sum(claim in text for text in others) / len(others) if others else None
            assert fn.support(found[own][at]) == (pytest.approx(wanted) if wanted is not None else None)
    every = [s for made in found for c in made if (s := fn.support(c)) is not None]
    assert fn.mean_support(found) == (pytest.approx(sum(every) / len(every)) if every else None)
