"""Specs made from the grammar, and examples with much damage: nothing raises, and formatting keeps what they say."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import strategies as st

from dsl.parser import parse
from dsl.source import Source
from tests.completion.test_properties import what_is_offered_is_known
from tests.dsl.specs import damaged, specs
from tests.dsl.test_format_properties import holds
from tests.dsl.test_properties import holds_for_any_text
from tests.properties.slices import in_slices, tried_on


@pytest.mark.soak
@in_slices
def test_a_generated_spec_is_read_and_formatted(number: int, tried: Counter[str]) -> None:
    def check(drawn: tuple[str, int]) -> None:
        text, seed = drawn
        assert parse(Source("a.synth", text)).diagnostics == ()
        holds(text, seed)
        what_is_offered_is_known(text, Random(seed))
        tried["generated: parsed, formatted, completed"] += 1

    tried_on(number, st.tuples(specs, st.integers(0, 10**9)), check)


@pytest.mark.soak
@in_slices
def test_a_damaged_spec_never_raises(number: int, tried: Counter[str]) -> None:
    def check(drawn: tuple[str, int]) -> None:
        text, at = drawn
        holds_for_any_text(text)
        holds(text, at)
        tried["damaged in up to five places: parsed, formatted or refused"] += 1

    tried_on(number, st.tuples(damaged(), st.integers(0, 10**9)), check)
