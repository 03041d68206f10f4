"""Seeds and the numbers made from them: what may never change between versions, machines or neighbouring rows."""

from __future__ import annotations

import math
import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sampling import Draws, derive, draw_bits, integer, normal, row_bits, seed_of, uniform, unit
from runtime.sampling.hashing import encode
from runtime.sampling.numbers import log, neg_log1m, normal_quantile

words = st.integers(0, 2**64 - 1)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


class Generated(str):
    """A stand-in for generated text, which is a str with something beside it."""


def typed(part: object) -> object:
    """Something that is equal exactly where two parts are the same value of the same type."""
    if isinstance(part, tuple):
        return ("tuple", *map(typed, part))
    if isinstance(part, dict):
        return ("dict", *((key, typed(part[key])) for key in sorted(part)))
    return (type(part).__name__, part)


def test_seeds_are_the_same_in_every_version() -> None:
    assert seed_of() == 0xE4A6A0577479B2B4
    assert seed_of(0, "tickets", "reply", ("break", 1), 0, 0, 0, 2) == 0x08F71A356B9AF52F
    assert seed_of(None, True, 1.5, {"b": [1], "a": "ü"}) == 0x043F9B5018E5417C
    assert draw_bits(row_bits(0, "tickets", ("break", 1)), "tone") == 0x3B4AAB1FCA2EBFB2


@given(plain, plain)
def test_parts_of_different_value_or_type_are_written_differently(one: object, other: object) -> None:
    assert (encode(one) == encode(other)) == (typed(one) == typed(other))


@given(st.lists(plain, max_size=4), st.lists(plain, max_size=4))
def test_parts_never_run_together(one: list[object], other: list[object]) -> None:
    same = [typed(part) for part in one] == [typed(part) for part in other]
    assert (b"".join(map(encode, one)) == b"".join(map(encode, other))) == same


def test_generated_text_seeds_as_plain_text_and_minus_zero_as_zero() -> None:
    assert seed_of(Generated("a")) == seed_of("a")
    assert seed_of(-0.0) == seed_of(0.0) != seed_of(0)


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="a set cannot be part of a seed"):
        seed_of({1})


@given(words, st.integers(-(2**40), 2**40), st.integers(0, 2**40))
def test_integers_stay_between_both_ends(bits: int, low: int, span: int) -> None:
    assert low <= integer(bits, low, low + span) <= low + span


def test_integers_reach_both_ends_evenly() -> None:
    counts = Counter(Draws(7, "d", (row,)).integers("n", 2, 5) for row in range(20_000))
    assert set(counts) == {2, 3, 4, 5}
    assert all(abs(count - 5_000) < 300 for count in counts.values())


@given(words)
def test_unit_is_below_one(bits: int) -> None:
    assert 0.0 <= unit(bits) < 1.0
    assert -3.0 <= uniform(bits, -3.0, 5.0) <= 5.0


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_the_logarithm_agrees_with_the_machine_s(value: float) -> None:
    assert math.isclose(log(value), math.log(value), rel_tol=1e-14, abs_tol=1e-15)


@given(st.integers(0, 2**53 - 1))
def test_the_logarithm_of_what_is_left_agrees_with_the_machine_s(numerator: int) -> None:
    value = numerator * 2.0**-53
    assert math.isclose(neg_log1m(value), -math.log1p(-value), rel_tol=1e-14)


@given(st.floats(min_value=2.0**-54, max_value=1 - 2.0**-53))
def test_the_normal_quantile_agrees_with_the_standard_library(p: float) -> None:
    assert math.isclose(normal_quantile(p), statistics.NormalDist().inv_cdf(p), rel_tol=1e-12, abs_tol=1e-15)


def test_normal_draws_have_the_asked_mean_and_spread() -> None:
    drawn = [Draws(1, "d", (row,)).normal("x", 10.0, 2.0) for row in range(20_000)]
    assert abs(statistics.fmean(drawn) - 10.0) < 0.06
    assert abs(statistics.stdev(drawn) - 2.0) < 0.05
    assert all(math.isfinite(normal(bits, 0.0, 1.0)) for bits in (0, 2**64 - 1))


def test_two_draws_of_a_row_tell_nothing_about_each_other() -> None:
    rows = [Draws(3, "d", (row,)) for row in range(20_000)]
    pairs = Counter((row.integers("a", 0, 3), row.integers("b", 0, 3)) for row in rows)
    assert all(abs(pairs[one, other] - 1_250) < 180 for one in range(4) for other in range(4))


@given(st.integers(0, 2**32), st.text(max_size=5), st.tuples(st.text(max_size=5), st.integers()))
def test_a_draw_depends_on_seed_dataset_name_and_key_alone(seed: int, dataset: str, key: tuple[str, int]) -> None:
    draws = Draws(seed, dataset, key)
    before = draws.bits("a")
    draws.bits("b"), Draws(seed, dataset, ("other", 0)).bits("a")
    assert Draws(seed, dataset, key).bits("a") == before
    assert Draws(seed + 1, dataset, key).bits("a") != before
    assert Draws(seed, dataset + "x", key).bits("a") != before


def test_a_stream_of_bits_does_not_repeat_itself() -> None:
    assert len({derive(5, index) for index in range(10_000)}) == 10_000
